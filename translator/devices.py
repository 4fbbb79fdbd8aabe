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
    """The device of that name, proven by a first number on it; "auto" takes a GPU if there is one.

    Raises:
        InputError: torch knows no such device, or this machine has none.
    """
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
        there = torch.cuda.device_count()
        if device.index >= there:
            last = f"{there} GPUs, cuda:0 to cuda:{there - 1}" if there > 1 else "one GPU, cuda:0"
            raise InputError(f"device {device}: this machine has {last}. Start no more processes than there are GPUs.")
        torch.cuda.set_device(device)
        torch.set_float32_matmul_precision("high")  # TF32 where bf16 autocast does not reach
    try:
        torch.zeros(1, device=device).item()
    except Exception as error:  # every backend has its own
        reason = str(error).split("\n")[0].split(". ")[0].rstrip(".")
        raise InputError(f"device {name!r} cannot be used here ({reason}). Use --device cpu or auto.") from None
    return device
