"""Training as a process among others: killed, interrupted, and split over two. Each takes a minute or so."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from letters import SMALL, curve

from translator.runs import checkpoint
from translator.runs.folder import Run

pytestmark = pytest.mark.heavy

#: The command line has no options for a model this small; the processes get it from here.
SCRIPT = """
import sys, json
from pathlib import Path
from translator.runs.folder import Run
from translator.training.callbacks import JsonLog
from translator.training.distributed import world
from translator.training.train import train
with world("cpu") as here:
    run = Run(Path(sys.argv[1]))
    reason = train(run, json.loads(sys.argv[2]), here, resume=True, callbacks=[JsonLog(run.log_path)])
    sys.exit(0 if reason == "finished" else 130)
"""


def launch(folder: Path, asked: dict, *, processes: int = 1) -> subprocess.Popen:
    script = folder.parent / "train.py"
    script.write_text(SCRIPT)
    start = [sys.executable]
    if processes > 1:
        start += ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    environment["PYTHONPATH"] = os.pathsep.join([str(Path.cwd()), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [*start, str(script), str(folder), json.dumps(asked)], env=environment, stderr=subprocess.PIPE, text=True
    )


def finish(process: subprocess.Popen) -> None:
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors


def test_a_run_killed_at_ten_random_moments_always_resumes(corpus: Path, tmp_path: Path) -> None:
    asked = {**SMALL, "corpus": str(corpus), "steps": 600, "save_every": 20, "log_every": 20, "keep": 2}
    began = time.perf_counter()
    finish(launch(tmp_path / "whole", asked))
    whole = Run(tmp_path / "whole")
    alone = time.perf_counter() - began
    draw, moments = random.Random(1), []
    for _ in range(10):
        process = launch(tmp_path / "run", asked)
        time.sleep(draw.uniform(0.05, 1.0) * alone)
        if process.poll() is None:
            process.kill()  # SIGKILL: no handler, no farewell
        moments.append(process.wait())
    finish(launch(tmp_path / "run", asked))
    run = Run(tmp_path / "run")
    assert moments.count(-signal.SIGKILL) >= 3, "some kills must strike while training runs"
    assert curve(run) == curve(whole)
    ours, theirs = (checkpoint.read(r.model_path)[0] for r in (run, whole))
    assert all((ours[name] == theirs[name]).all() for name in theirs)
    assert len(list((run.folder / "checkpoints").iterdir())) == 2, "no half-written file is left behind"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_a_checkpoint_of_the_very_last_update(
    corpus: Path, tmp_path: Path, number: signal.Signals
) -> None:
    asked = {**SMALL, "corpus": str(corpus), "steps": 100_000, "save_every": 1_000_000, "log_every": 1}
    process = launch(tmp_path / "run", asked)
    run = Run(tmp_path / "run")
    while len(curve(run)) < 30:
        time.sleep(0.1)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert run.checkpoints() == [run.checkpoint_path(curve(run)[-1][0])]


@pytest.mark.parametrize("accumulate", [1, 2])
def test_two_processes_give_the_loss_curve_of_one(corpus: Path, tmp_path: Path, accumulate: int) -> None:
    asked = {**SMALL, "corpus": str(corpus), "steps": 60, "dropout": 0.0, "accumulate": accumulate}
    one, two = Run(tmp_path / "one"), Run(tmp_path / "two")
    finish(launch(one.folder, asked))
    finish(launch(two.folder, asked, processes=2))
    assert [step for step, _ in curve(one)] == [step for step, _ in curve(two)]
    for (step, expected), (_, found) in zip(curve(one), curve(two), strict=True):
        assert abs(found - expected) < 1e-3, f"update {step}: {found} on two, {expected} on one"
    assert two.facts()["machine"]["processes"] == 2


#: The loss of update 13 is infinite on one of two processes, and its gradient is not: the other cannot see it.
POISONED = """
import math, os, sys
from translator.cli import main
from translator.training import trainer
forward, seen = trainer.Objective.forward, []
def poisoned(self, batch):
    if self.training:
        seen.append(1)
    return forward(self, batch) + (math.inf if os.environ["RANK"] == "1" and len(seen) == 13 else 0)
trainer.Objective.forward = poisoned
sys.exit(main(sys.argv[1:]))
"""


def test_a_loss_that_is_not_finite_on_one_of_two_processes_stops_both_with_one_line(
    corpus: Path, tmp_path: Path
) -> None:
    (tmp_path / "train.py").write_text(POISONED)
    start = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    options = ["--corpus", str(corpus), "--pair", "xx-yy", "--vocabulary", "300", "--batch-tokens", "64"]
    options += ["--steps", "24", "--save-every", "5", "--out", str(tmp_path / "run"), "--device", "cpu"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(
        [*start, str(tmp_path / "train.py"), "train", *options, "--no-tensorboard"],
        env=environment, stderr=subprocess.PIPE, text=True, timeout=240,
    )  # fmt: skip
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("error: update 13: the loss or the gradient is not a finite number")
    assert lines[0].endswith("The last whole checkpoint is step-00000010.safetensors.")
    assert [path.stem for path in Run(tmp_path / "run").checkpoints()] == ["step-00000005", "step-00000010"]
