"""One process or several: what `torchrun` starts, agrees on a device, and talks to the others."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist

from translator.errors import InputError


@dataclass(frozen=True)
class World:
    """This process among `size`, computing on `device`. Rank 0 writes and speaks."""

    rank: int
    size: int
    device: torch.device

    @property
    def main(self) -> bool:
        """Whether this process writes files and prints."""
        return self.rank == 0

    def total(self, *numbers: float) -> list[float]:
        """Sums over all processes; every one must call it at the same place."""
        if self.size == 1:
            return list(numbers)
        values = torch.tensor(numbers, dtype=torch.float64, device=self.device)
        dist.all_reduce(values)
        return values.tolist()

    def wait(self) -> None:
        """Until all are here."""
        if self.size > 1:
            dist.barrier()


def choose_device(name: str, local_rank: int = 0) -> torch.device:
    """ "auto" takes a GPU if there is one; any name that torch knows is taken at its word."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError:
        raise InputError(f"unknown device {name!r}; expected auto, cpu or cuda.") from None
    if device.type == "cuda":
        if not torch.cuda.is_available():
            raise InputError(f"device {name!r}: this PyTorch sees no GPU. Use --device cpu, or install a CUDA build.")
        device = torch.device("cuda", local_rank if device.index is None else device.index)
        torch.cuda.set_device(device)
        torch.set_float32_matmul_precision("high")  # TF32 where bf16 autocast does not reach
    return device


@contextmanager
def world(device: str = "auto") -> Iterator[World]:
    """Join the processes that `torchrun` started, or stand alone; leave them at the end."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    rank, local = int(os.environ.get("RANK", "0")), int(os.environ.get("LOCAL_RANK", "0"))
    chosen = choose_device(device, local)
    if size == 1:
        yield World(0, 1, chosen)
        return
    dist.init_process_group("nccl" if chosen.type == "cuda" else "gloo")
    try:
        yield World(rank, size, chosen)
    finally:
        dist.destroy_process_group()
