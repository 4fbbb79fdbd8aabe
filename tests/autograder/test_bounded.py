"""Work on a student's text goes on in a process with limits, and what goes beyond them has a name."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from typing import Any

import pytest

from autograder.isolation.bounded import OutOfBounds, bounded
from autograder.isolation.usage import children


def deep(levels: int) -> int:
    return 0 if levels == 0 else 1 + deep(levels - 1)


def test_work_within_its_bounds_gives_its_result() -> None:
    assert bounded(lambda: {"text": "é\n", "numbers": [1, 2.5, None]}) == {"text": "é\n", "numbers": [1, 2.5, None]}
    assert bounded(lambda: deep(5000)) == 5000, "deeper than this process may go"
    assert len(bounded(lambda: "x" * 3_000_000)) == 3_000_000


def spin() -> None:
    while True:
        pass


def swallow() -> None:
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    spin()


PLANTED: dict[str, tuple[Any, str]] = {
    "an endless loop": (spin, "too long"),
    "sleep": (lambda: time.sleep(60), "too long"),
    "a loop that ignores signals": (swallow, "too long"),
    "memory": (lambda: len(bytearray(4 << 30)), "more memory"),
    "many small objects": (lambda: len([[] for _ in range(10**9)]), "(more memory|too long)"),
    "deep calls": (lambda: deep(20_000), "nested too deeply"),
    "a crash": (lambda: ctypes.string_at(0), "nested too deeply"),
    "an answer that is no data": (lambda: {1, 2}, "TypeError"),
    "an exception": (lambda: [][1], "IndexError"),
    "an exit": (lambda: os._exit(0), "more memory"),
    "an endless answer": (lambda: "x" * (70 << 20), "too long"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_work_beyond_its_bounds_is_named(name: str) -> None:
    work, words = PLANTED[name]
    before = children(os.getpid())
    with pytest.raises(OutOfBounds, match=words):
        bounded(work, seconds=1, memory_mb=300)
    assert children(os.getpid()) == before, "nothing is left of it"
