"""A number that is not finite stops training before it reaches the weights, and nothing on the disk holds one."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from letters import SMALL, alone, curve, go

from translator.cli import main
from translator.errors import CheckpointError, TrainingError
from translator.model.transformer import Transformer
from translator.runs import checkpoint
from translator.runs.folder import Run
from translator.training import trainer as training
from translator.training.callbacks import Callback
from translator.training.guard import Guard
from translator.training.train import train

Capture = pytest.CaptureFixture[str]
Poison = Callable[[int, torch.Tensor], torch.Tensor]


def poisoned(monkeypatch: pytest.MonkeyPatch, poison: Poison) -> None:
    """Training whose loss of update n is what `poison(n, loss)` makes of it."""
    forward, seen = training.Objective.forward, []

    def changed(self: training.Objective, batch: object) -> torch.Tensor:
        loss = forward(self, batch)  # type: ignore[arg-type]
        if self.training:
            seen.append(1)
        return poison(len(seen) if self.training else 0, loss)

    monkeypatch.setattr(training.Objective, "forward", changed)


POISONS: dict[str, Poison] = {
    "loss NaN": lambda n, loss: loss * (math.nan if n == 13 else 1),
    "loss infinite": lambda n, loss: loss * (math.inf if n == 13 else 1),
    # The loss is finite, its gradient is not: the root at zero.
    "gradient infinite": lambda n, loss: loss + (loss * 0).sqrt() if n == 13 else loss,
    "loss infinite, gradient finite": lambda n, loss: loss + (math.inf if n == 13 else 0),
}


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS.keys())
def test_the_first_update_that_is_not_finite_ends_training_and_the_last_checkpoint_is_good(
    poison: Poison, whole: Run, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, ends = Run(tmp_path / "run"), []

    class End(Callback):
        def end(self, reason: str) -> None:
            ends.append(reason)

    with monkeypatch.context() as patch:
        poisoned(patch, poison)
        with pytest.raises(TrainingError) as caught:
            train(run, {**SMALL, "corpus": str(corpus), "steps": 24, "keep": 9}, alone(), callbacks=[End()])
    words = str(caught.value)
    assert words.startswith("update 13: the loss or the gradient is not a finite number: training has diverged.")
    for part in ("lower --learning-rate (now 0.01)", "--warmup (now 10)", "The last whole checkpoint is step-00000010"):
        assert part in words
    assert ends == ["failed"]
    assert [path.name for path in run.checkpoints()] == ["step-00000005.safetensors", "step-00000010.safetensors"]
    assert not run.model_path.exists()
    # The same run without the poison goes on from there as if nothing had been.
    assert curve(go(run.folder, corpus, resume=True, keep=9))[-1] == curve(whole)[-1]


def test_weights_and_moments_stay_as_they_were_from_the_first_bad_update_on() -> None:
    weight = torch.nn.Parameter(torch.ones(3))
    optimizer = torch.optim.AdamW([weight], lr=0.1, fused=True)
    guard = Guard(torch.device("cpu"))

    def update(number: int, gradient: float, loss: float = 1.0) -> list[float]:
        weight.grad = torch.full((3,), gradient)
        guard.step(optimizer, number, weight.grad.norm(), torch.tensor(loss, dtype=torch.float64))
        return weight.tolist()

    good = update(1, 1.0)
    assert good != [1.0] * 3
    moments = {name: value.clone() for name, value in optimizer.state[weight].items()}
    assert guard.total(alone(), torch.tensor(2.0)) == (2.0, None)
    assert update(2, math.nan) == update(3, 1.0) == update(4, 1.0, math.inf) == good
    assert all(torch.equal(value, optimizer.state[weight][name]) for name, value in moments.items())
    assert guard.total(alone(), torch.tensor(2.0)) == (2.0, 2)


def test_the_fused_optimizer_itself_does_nothing_where_found_inf_is_one() -> None:
    """What a GPU relies on: the device decides, and nobody waits."""
    weight = torch.nn.Parameter(torch.ones(3))
    optimizer = torch.optim.AdamW([weight], lr=0.1, fused=True)
    for found, moves in ((0.0, True), (1.0, False)):
        before, weight.grad = weight.detach().clone(), torch.full((3,), math.nan if found else 1.0)
        optimizer.found_inf = torch.tensor(found)  # type: ignore[attr-defined]
        optimizer.step()
        assert (not torch.equal(weight, before)) == moves
        assert weight.isfinite().all()
    assert optimizer.state[weight]["step"] == 1


@pytest.mark.parametrize("log_every", [1, 1000])
def test_weights_that_an_update_threw_out_of_range_are_not_saved(
    log_every: int, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Thrower(Callback):
        """After update 10, before its checkpoint."""

        def log(self, record: dict[str, float]) -> None:
            if record["step"] == 10 and "valid_loss" in record:
                with torch.no_grad():
                    next(self.model.parameters())[5, 3] = math.inf

        def start(self, trainer: training.Trainer) -> None:
            self.model: Transformer = trainer.model

    run = Run(tmp_path / "run")
    asked = {**SMALL, "corpus": str(corpus), "steps": 24, "log_every": log_every}
    with pytest.raises(
        TrainingError, match=r"after update 10 the values of source_embedding\.weight are not finite numbers"
    ):
        train(run, asked, alone(), callbacks=[Thrower()])
    assert [path.name for path in run.checkpoints()] == ["step-00000005.safetensors"]


def test_a_validation_loss_that_is_not_finite_ends_training(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned(monkeypatch, lambda n, loss: loss * math.nan if n == 0 else loss)
    with pytest.raises(TrainingError, match=r"after update 10 the validation loss is nan.*step-00000005"):
        go(tmp_path / "run", corpus)
    assert "NaN" not in Run(tmp_path / "run").log_path.read_text()


def test_from_the_command_line_it_is_one_line_and_status_1(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    poisoned(monkeypatch, lambda n, loss: loss * (math.nan if n >= 2 else 1))
    options = ["--corpus", str(corpus), "--pair", "xx-yy", "--out", str(tmp_path / "run"), "--vocabulary", "300"]
    assert main(["train", *options, "--steps", "4", "--batch-tokens", "64", "--no-tensorboard"]) == 1
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert line.startswith("error: update 2: ")
    assert line.endswith("There is no checkpoint yet.")


def test_planted_checkpoints_with_values_that_are_not_finite_are_refused(
    corpus: Path, tmp_path: Path, capsys: Capture
) -> None:
    run = go(tmp_path / "run", corpus, steps=10)
    for path, bad in ((run.model_path, math.nan), (run.checkpoints()[-1], -math.inf)):
        tensors, facts = checkpoint.read(path)
        next(iter(tensors.values())).view(-1)[3] = bad
        checkpoint.write(path, tensors, facts)
    with pytest.raises(CheckpointError, match=r"model\.safetensors holds values that are not finite numbers, in model"):
        run.model()
    with pytest.raises(CheckpointError, match=r"step-00000010\.safetensors holds values that are not finite"):
        checkpoint.average(run.checkpoints())
    assert main(["translate", str(run.folder), "a"]) == 1
    assert "not finite" in capsys.readouterr().err
    # Training passes it over, as it does a damaged one.
    assert curve(go(run.folder, corpus, resume=True, steps=12))[-1][0] == 12
    assert "Going back to the one before it" in capsys.readouterr().err


def test_a_log_that_is_damaged_in_any_way_costs_its_bad_lines_only(corpus: Path, tmp_path: Path) -> None:
    run = go(tmp_path / "run", corpus, steps=10)
    before = curve(run)
    with open(run.log_path, "ab") as file:
        file.write(b'\xff\xfe\n5\n[1]\n{"step": "x"}\n{"lo\n' + json.dumps({"step": 99}).encode() + b"\n")
    assert curve(go(run.folder, corpus, resume=True, steps=10)) == before
