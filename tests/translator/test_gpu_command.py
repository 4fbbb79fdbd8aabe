"""`python -m benchmarks.gpu`: its runs are commands that the translator takes, and its figures are what they say."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.gpu import steps
from benchmarks.gpu.__main__ import main
from benchmarks.gpu.curve import reached
from benchmarks.gpu.runs import recorded
from benchmarks.training_speed import cut, draw_examples
from translator.cli import evaluate, train
from translator.data import corpora
from translator.data.batches import Examples
from translator.model.config import TransformerConfig
from translator.model.transformer import Transformer

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("gpus", [1, 2])
@pytest.mark.parametrize("rehearse", [False, True])
def test_every_recorded_run_is_a_command_of_the_translator(rehearse: bool, gpus: int) -> None:
    training, scoring = argparse.ArgumentParser(exit_on_error=False), argparse.ArgumentParser(exit_on_error=False)
    train.add_arguments(training)
    evaluate.add_arguments(scoring)
    runs = recorded(rehearse, gpus)
    assert len({each.name for each in runs}) == len(runs)
    for each in runs:
        asked = training.parse_args([*each.train, "--out", "run"])
        scoring.parse_args(["run", *each.evaluate])
        # A mark is looked for at kept checkpoints: all of a run must be kept.
        assert not each.marks or asked.keep * asked.save_every >= asked.steps


def test_two_processes_are_recorded_only_where_two_gpus_are() -> None:
    assert [max(each.processes for each in recorded(False, gpus)) for gpus in (1, 2)] == [1, 2]


def test_a_mark_is_reached_at_the_first_point_that_has_it_or_never() -> None:
    points = [{"seconds": 1.0, "moses_bleu": 20.0}, {"seconds": 2.0, "moses_bleu": 36.0}]
    assert reached([*points, {"seconds": 3.0, "moses_bleu": 35.5}], (20.0, 35.0, 40.0)) == {
        "20": 1.0,
        "35": 2.0,
        "40": None,
    }


def test_the_work_is_what_torch_counts_where_nothing_is_fused_or_padded() -> None:
    config = TransformerConfig.named("tiny", 50, dropout=0.0)
    examples = Examples([[3] * 6] * 4, [[3] * 8] * 4)
    batch = examples.batch(np.arange(4))
    model = steps.objective(steps.STEPS[0], config, Transformer(config))
    with FlopCounterMode(display=False) as counter:
        model(batch.padded()).backward()
    assert steps.work(config, batch) == pytest.approx(counter.get_total_flops() / batch.tokens, rel=1e-6)


def test_rounded_rectangles_hold_the_same_tokens_and_few_shapes() -> None:
    examples = draw_examples(50, 50)
    batch = examples.batch(cut(examples, "bucketed", 300)[0])
    for ours, rounded in zip(batch.padded(), steps._rounded(batch), strict=True):
        rows, length = ours.shape
        assert rounded[:rows, :length].equal(ours)
        assert rounded.count_nonzero() == ours.count_nonzero()
        assert all(side % 8 == 0 for side in rounded.shape)


def test_without_a_gpu_the_command_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if torch.cuda.is_available():
        pytest.skip("a GPU is here")
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path)])
    assert "--rehearse" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.heavy
def test_the_whole_chain_runs_on_a_cpu(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.gpu", "--rehearse", "--out", str(tmp_path), "--runs", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    names = {path.stem for path in tmp_path.glob("*.json")}
    assert names >= {"rehearsal-seed-1", "rehearsal-seed-1-curve", "rehearsal-two-processes", "rehearsal-steps"}
    curve = json.loads((tmp_path / "rehearsal-seed-1-curve.json").read_text())
    assert curve["seconds_to"]["100.1"] is None
    (ladder,) = json.loads((tmp_path / "rehearsal-steps.json").read_text())["ladders"]
    failed = {name: result["failed"] for name, result in ladder["steps"].items() if "failed" in result}
    assert [name for name, why in failed.items() if "No module named 'transformers'" not in why] == []


def test_the_rehearsal_has_the_splits_that_it_names() -> None:
    splits = corpora.load("pocket", "en-de").splits
    assert {each.split for each in recorded(True, 1) if each.marks} <= set(splits)
