"""How many CPU threads a run wants."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from translator.config import TransformerConfig

NARROW = 256  # features, from which on threads pay


def wanted(config: TransformerConfig, device: torch.device) -> int:
    """One for a narrow model on a CPU, unless the user has set OMP_NUM_THREADS; otherwise what torch has.

    A product of matrices 128 wide is over before a second thread has woken up: `tiny` trains a third faster on one of
    two cores than on both. `torchrun` with two processes is the way to use the second.
    """
    if device.type == "cpu" and config.d_model < NARROW and "OMP_NUM_THREADS" not in os.environ:
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
