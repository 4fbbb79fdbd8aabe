"""Where a training stands, and what those who are told of it may look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from translator.training.settings import Settings


@dataclass
class State:
    """Where a run stands; with weights and moments, all that a checkpoint needs."""

    step: int = 0  # updates done
    epoch: int = 0
    position: int = 0  # batches of this epoch already used
    seconds: float = 0.0  # of training, over all sittings
    loss: float = 0.0  # since the last record: sums of loss and of target tokens
    tokens: int = 0
    since: float = 0.0  # `seconds` at the last record


class Training(Protocol):
    """A training as its callbacks see it; `Trainer` is one."""

    settings: Settings
    state: State

    @property
    def fraction(self) -> float:
        """How much of it is done, from 0 to 1."""
        ...
