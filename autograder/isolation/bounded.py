"""Work on a student's text, in a fork of the grader with limits on memory and time: it may be the grader's own code
that runs, but how much it does is the student's choice.

A fork costs some milliseconds, and it knows all that the grader knows already; what it makes comes back as JSON.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import json
import os
import resource
import select
import signal
import sys
from collections.abc import Callable
from typing import Any

from autograder.isolation import linux
from autograder.isolation.clock import SLICE, Clock
from autograder.isolation.jail import used_address_space

SECONDS = 5  # of processor time
PATIENCE = 6  # times as long by the clock, because the machine may be busy
MEMORY_MB = 1024
DEPTH = 10_000  # of calls: deeper than what a worker can run
MOST_BYTES = 64 << 20  # of an answer
TIME_IS_UP = (signal.SIGXCPU, signal.SIGKILL)  # the kernel's answers to the limit on processor time
WHY = {
    "MemoryError": "it needs more memory than the grader gives",
    "RecursionError": "it is nested too deeply",
    "TimeoutError": "it takes too long",
}


class OutOfBounds(Exception):
    """The work did not come to its end within its limits; the text says why, as the end of a sentence."""


def bounded(work: Callable[[], Any], seconds: int = SECONDS, memory_mb: int = MEMORY_MB) -> Any:
    """What `work` returns, as plain JSON data. Raises OutOfBounds, also for whatever exception `work` raises."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(ours)
            enter(seconds, memory_mb)
            with os.fdopen(theirs, "wb") as line:
                line.write(answer(work))
            status = 0
        finally:
            os._exit(status)
    os.close(theirs)
    try:
        found = read(ours, PATIENCE * seconds)
    finally:
        os.close(ours)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if found is None or (not found and os.WIFSIGNALED(status) and os.WTERMSIG(status) in TIME_IS_UP):
        raise OutOfBounds(WHY["TimeoutError"])
    if not found:  # killed by the kernel when the C stack ran over, or out of memory even for an answer
        raise OutOfBounds(WHY["RecursionError" if os.WIFSIGNALED(status) else "MemoryError"])
    result = json.loads(found)
    if "error" in result:
        raise OutOfBounds(WHY.get(result["error"], f"the grader's own code fails on it ({result['error']})"))
    return result["value"]


def enter(seconds: int, memory_mb: int) -> None:
    """In the child: take the limits on; be silent; end with the parent."""
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the parent
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    faulthandler.disable()
    gc.disable()
    memory = used_address_space() + (memory_mb << 20)
    for kind, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(kind, (value, value))
    sys.setrecursionlimit(DEPTH)


def answer(work: Callable[[], Any]) -> bytes:
    try:
        return json.dumps({"value": work()}).encode()
    except BaseException as error:  # whatever it is, it is a fact about the text
        return json.dumps({"error": type(error).__name__}).encode()


def read(line: int, seconds: float) -> bytes | None:
    """All that comes, to its end; None when it takes longer than this or is too much."""
    clock = Clock()
    found = bytearray()
    poll = select.poll()
    poll.register(line, select.POLLIN)
    while len(found) <= MOST_BYTES and (left := seconds - clock()) > 0:
        if poll.poll(min(SLICE, left) * 1000):
            part = os.read(line, 1 << 20)
            if not part:
                return bytes(found)
            found += part
    return None
