"""Where to compute: the device, and how many CPU threads a run wants."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from translator.errors import InputError

NARROW = 256  # features, from which on threads pay


def wanted_threads(width: int, device: torch.device) -> int:
    """One for a model of narrow `width` (d_model) on a CPU, unless OMP_NUM_THREADS is set; otherwise torch's number.

    A product of matrices 128 wide is over before a second thread has woken up: `tiny` trains a third faster on one of
    two cores than on both. `torchrun` with two processes is the way to use the second.
    """
    if device.type == "cpu" and width < NARROW and "OMP_NUM_THREADS" not in os.environ:
        return 1
    return torch.get_num_threads()


@contextmanager
def threads(number: int) -> Iterator[None]:
    """Run with so many threads, and afterwards as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


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
