"""Numbers that are not finite stop a training before they reach its weights.

The first update whose loss or gradient has a NaN or an infinity changes neither weights nor moments, nor does any after
it; the next record or checkpoint, whichever comes first, then ends the training. No step of a GPU waits for this: the
optimizer is told on the device, and the host asks where it reads the loss anyway.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from translator.errors import TrainingError
from translator.training.distributed import World
from translator.training.settings import Settings


class Guard:
    """Between the gradient and the optimizer."""

    def __init__(self, device: torch.device) -> None:
        self.first = torch.full((), math.inf, device=device)  # update that was not finite

    def step(self, optimizer: torch.optim.Optimizer, update: int, norm: Tensor, loss: Tensor) -> None:
        """The optimizer's step, unless the gradient's norm or the loss is not finite, or was not before."""
        self.first = torch.minimum(self.first, torch.where(torch.isfinite(norm + loss), math.inf, float(update)))
        if self.first.device.type == "cpu":
            if math.isfinite(self.first):
                return
        else:  # fused AdamW does nothing where this holds 1
            optimizer.found_inf = torch.isfinite(self.first).float()  # type: ignore[attr-defined]
        optimizer.step()

    def total(self, world: World, loss: Tensor) -> tuple[float, int | None]:
        """`loss` summed over all processes, and the first update at which any of them met what is not finite."""
        own, first = torch.stack([loss, self.first.to(loss)]).tolist()
        summed, failed = world.total(own, float(math.isfinite(first)))
        return summed, int(world.least(first)) if failed else None


def diverged(what: str, settings: Settings, bf16: bool) -> TrainingError:
    """An error that says what to try."""
    exact = " or --precision fp32 (now bf16)" if bf16 else ""
    return TrainingError(
        f"{what}: training has diverged. Train into another folder with a lower --learning-rate (now "
        f"{settings.learning_rate:g}) or a longer --warmup (now {settings.warmup}){exact}."
    )
