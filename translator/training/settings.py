"""Every knob of a training run, with the reason for its default."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

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
        for name in ("batch_tokens", "accumulate", "log_every", "validate_every", "save_every", "keep", "average"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; expected at least 1.")
        for name in ("steps", "minutes", "learning_rate", "clip"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise InputError(f"{name} is {value}; expected more than 0.")
        if self.average > self.keep:
            raise InputError(f"average is {self.average}, but only {self.keep} checkpoints are kept. Raise keep.")
        if not 0 <= self.smoothing < 1:
            raise InputError(f"smoothing is {self.smoothing}; expected 0 <= smoothing < 1.")
        for name, known in (("schedule", SCHEDULES), ("precision", PRECISIONS)):
            if getattr(self, name) not in known:
                raise InputError(f"{name} is {getattr(self, name)!r}; expected one of {', '.join(known)}.")

    def to_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return asdict(self)
