"""A resumed run is the run, and no failure loses what was saved."""

import errno
import json
import os
from pathlib import Path

import pytest
import torch
from letters import Killed, curve, go, write_corpus

from translator.data.tokenizer import Tokenizer
from translator.errors import CheckpointError, CorpusError, InputError, TokenizerError
from translator.runs import checkpoint
from translator.runs.folder import Run


def final(run: Run) -> dict[str, torch.Tensor]:
    return checkpoint.read(run.model_path)[0]


@pytest.mark.parametrize("kills", [[2], [6], [4, 13, 24], [23]])
def test_a_run_that_was_killed_and_resumed_is_the_run_that_was_not(
    whole: Run, corpus: Path, tmp_path: Path, kills: list[int]
) -> None:
    for kill in kills:
        with pytest.raises(Killed):
            go(tmp_path / "run", corpus, resume=True, kill=kill)
    run = go(tmp_path / "run", corpus, resume=True)
    assert curve(run) == curve(whole)
    assert len(curve(run)) == 24 // 2 + 3
    for name, tensor in final(run).items():
        assert torch.equal(tensor, final(whole)[name]), name


def test_a_half_written_line_and_a_draft_are_left_behind(whole: Run, corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(Killed):
        go(tmp_path / "run", corpus, kill=12)
    run = Run(tmp_path / "run")
    with open(run.log_path, "a") as file:
        file.write('{"step": 14, "lo')
    (run.folder / "checkpoints" / ".step-00000015.safetensors.1.part").write_bytes(b"half")
    assert curve(go(run.folder, corpus, resume=True)) == curve(whole)


def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(
    whole: Run, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Killed):
        go(tmp_path / "run", corpus, kill=12)
    last = Run(tmp_path / "run").checkpoints()[-1]
    last.write_bytes(last.read_bytes()[:-50])
    assert curve(go(tmp_path / "run", corpus, resume=True)) == curve(whole)
    assert "damaged" in capsys.readouterr().err


def test_a_full_disk_costs_a_checkpoint_and_not_the_run(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write, full = checkpoint.write, [10, 15]

    def on_a_full_disk(path: Path, tensors: object, facts: dict) -> None:
        if any(str(step) in path.name for step in full):
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, tensors, facts)

    monkeypatch.setattr(checkpoint, "write", on_a_full_disk)
    run = go(tmp_path / "run", corpus)
    assert [path.stem[-2:] for path in run.checkpoints()] == ["05", "20", "24"]
    assert capsys.readouterr().err.count("No space left") == 2
    full.extend([5, 20, 24])
    with pytest.raises(CheckpointError, match=r"no checkpoint yet.*free some space.*--resume"):
        go(tmp_path / "other", corpus)


def test_atomic_writing_leaves_the_old_file_when_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.safetensors"
    checkpoint.write(path, {"a": torch.ones(3)}, {"step": 1})

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        checkpoint.write(path, {"a": torch.zeros(3)}, {"step": 2})
    assert checkpoint.read(path)[1] == {"step": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["x.safetensors"]


@pytest.mark.parametrize("place", [0, 40, -1])
def test_any_changed_byte_of_a_checkpoint_is_found(tmp_path: Path, place: int) -> None:
    path = tmp_path / "x.safetensors"
    checkpoint.write(path, {"a": torch.randn(30)}, {"step": 1})
    data = bytearray(path.read_bytes())
    data[place] ^= 0x55
    path.write_bytes(data)
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.read(path)


def test_the_average_is_the_mean_of_the_weights(tmp_path: Path) -> None:
    paths = [tmp_path / f"{i}.safetensors" for i in range(3)]
    for i, path in enumerate(paths):
        checkpoint.write(path, {"model.w": torch.full((2,), float(i)), "optimizer.exp_avg.w": torch.ones(2)}, {})
    mean = checkpoint.average(paths)
    assert list(mean) == ["model.w"]
    assert mean["model.w"].tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed": 9}, "begun with seed 1, not 9"),
        ({"pair": "yy-xx"}, "begun with pair xx-yy"),
        ({"size": "base"}, "begun with size tiny"),
        ({"vocabulary": 400}, "begun with vocabulary 300"),
        ({"d_model": 64}, "begun with d_model 32"),
    ],
)
def test_a_resumed_run_cannot_become_another(whole: Run, corpus: Path, change: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        go(whole.folder, corpus, resume=True, **change)


def test_a_run_is_not_overwritten_and_a_changed_corpus_is_noticed(whole: Run, corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="--resume"):
        go(whole.folder, corpus)
    own = write_corpus(tmp_path / "corpus")
    with pytest.raises(Killed):
        go(tmp_path / "run", own, kill=6)
    with open(own / "train.xx", "a") as xx, open(own / "train.yy", "a") as yy:
        xx.write("a b\n")
        yy.write("b a\n")
    with pytest.raises(CorpusError, match="has changed since"):
        go(tmp_path / "run", own, resume=True)


def test_a_finished_run_goes_on_when_given_more_steps(whole: Run, corpus: Path, tmp_path: Path) -> None:
    run = go(tmp_path / "run", corpus, steps=10)
    assert curve(go(tmp_path / "run", corpus, resume=True, steps=10)) == curve(run)
    assert curve(go(tmp_path / "run", corpus, resume=True, steps=14))[-1][0] == 14
    assert run.facts()["settings"]["steps"] == 14


def test_a_model_is_refused_with_another_tokenizer_or_damaged_files(corpus: Path, tmp_path: Path) -> None:
    run = go(tmp_path / "run", corpus, steps=6)
    right = run.tokenizer_path.read_bytes()
    Tokenizer.train(["other words"] * 3, 300).save(run.tokenizer_path)
    with pytest.raises(TokenizerError, match="not the tokenizer of this model"):
        run.tokenizer()
    run.tokenizer_path.write_bytes(right)
    run.tokenizer()
    run.model_path.write_bytes(run.model_path.read_bytes()[:100])
    with pytest.raises(CheckpointError, match=r"damaged.*Delete it to use step-00000006"):
        run.model()
    run.model_path.unlink()
    run.model()
    facts = json.loads((run.folder / "run.json").read_text())
    facts["model"]["d_ff"] = 65
    (run.folder / "run.json").write_text(json.dumps(facts))
    with pytest.raises(CheckpointError, match="another model"):
        run.model()
    for path in run.checkpoints():
        path.unlink()
    with pytest.raises(CheckpointError, match="no checkpoint yet"):
        run.model()
    (run.folder / "run.json").write_text("{")
    with pytest.raises(CheckpointError, match="damaged"):
        run.model()
    with pytest.raises(CheckpointError, match="holds no training run"):
        Run(tmp_path / "nothing").model()
