"""Every knob of a training run, with the reason for its default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from translator.checks import check, flag, from_plain, number, one_of, optional, whole
from translator.errors import InputError

SCHEDULES = ("linear", "cosine", "inverse-sqrt", "constant")
PRECISIONS = ("auto", "fp32", "bf16")


@dataclass(frozen=True)
class Settings:
    """How to train.

    Args:
        steps: updates in all. Exactly one of `steps` and `minutes` is set.
        minutes: stop by the clock instead; the decay then follows the clock too, so that two runs differ.
        batch_tokens: tokens a batch on either side, over all processes together: the same command gives the same
            run on one process and on eight.
        accumulate: batches an update.
        learning_rate, warmup, schedule: see `translator.training.schedule`.
        smoothing: label smoothing (section 5.4).
        weight_decay: of AdamW, on matrices only.
        clip: largest norm of the gradient; larger ones are scaled down to it.
        precision: "bf16" runs matrix products under autocast. "auto" is bf16 on a GPU that has it, and fp32 on a CPU.
        compile: `torch.compile` the model.
        log_every, validate_every, save_every: in updates.
        keep: checkpoints kept on the disk.
        average: the final weights are the mean of so many last checkpoints.
        seed: of weights, batches and dropout.
    """

    steps: int | None = None
    minutes: float | None = None
    batch_tokens: int = 4096
    accumulate: int = 1
    learning_rate: float = 2e-3
    warmup: int = 400
    schedule: str = "linear"
    smoothing: float = 0.1
    weight_decay: float = 0.01
    clip: float = 1.0
    precision: str = "auto"
    compile: bool = False
    log_every: int = 20
    validate_every: int = 500
    save_every: int = 500
    keep: int = 5
    average: int = 1
    seed: int = 1

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.minutes is None):
            raise InputError("give either a number of steps or of minutes, not both or neither.")
        check(self, CHECKS)
        if self.average > self.keep:
            raise InputError(f"average is {self.average}, but only {self.keep} checkpoints are kept. Raise keep.")

    def to_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Settings:
        """The inverse of `to_dict`. InputError for an unknown field, a missing one, or a value without sense."""
        return from_plain(cls, data)


CHECKS = {
    "steps": optional(whole(1)),
    "minutes": optional(number(above=0)),
    "batch_tokens": whole(1),
    "accumulate": whole(1),
    "learning_rate": number(above=0),
    "warmup": whole(0),
    "schedule": one_of(SCHEDULES),
    "smoothing": number(least=0, below=1),
    "weight_decay": number(least=0),
    "clip": number(above=0),
    "precision": one_of(PRECISIONS),
    "compile": flag(),
    "log_every": whole(1),
    "validate_every": whole(1),
    "save_every": whole(1),
    "keep": whole(1),
    "average": whole(1),
    "seed": whole(0),
}
