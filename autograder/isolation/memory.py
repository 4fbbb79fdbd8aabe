"""The limit on memory that the kernel keeps for each process of a job, to the byte, and how a job lives with it.

The limit is on what a process may write to and nobody else sees (RLIMIT_DATA), so that an allocation fails or does not
fail in the same way each time, however short a peak is. A job's own program needs room when that happens: to say what
failed. It gets it by lifting the limit for as long as no code of the student's runs (`lift`, `hold`).
"""

from __future__ import annotations

import mmap
import os
import resource

ROOM = 16 << 20  # beyond the limit: what has to be free for the next cell
RESERVE = 32 << 20  # beyond that: for the job's own program
EXHAUSTED = 88  # the exit status of a job that has no room left


def used() -> int:
    """Bytes that this process has mapped and may write to."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[5]) * resource.getpagesize()


def limit(memory_mb: int) -> None:
    """In the job, before any code of the student's runs: from now on it may have this much more than it has."""
    most = used() + (memory_mb << 20) + ROOM + RESERVE
    _, before = resource.getrlimit(resource.RLIMIT_DATA)
    if before != resource.RLIM_INFINITY:
        most = min(most, before)
    resource.setrlimit(resource.RLIMIT_DATA, (most - RESERVE, most))


def together(memory_mb: int) -> int:
    """Bytes that all processes of a job may have at most: what one process may have that has written to all of it.

    Called where the job is forked from, so that what it finds there is in the sum.
    """
    return used() + (memory_mb << 20) + ROOM + RESERVE


def lift() -> None:
    """No code of the student's runs now."""
    most = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def hold() -> None:
    """Code of the student's is about to run."""
    most = resource.getrlimit(resource.RLIMIT_DATA)[1]
    if most != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_DATA, (most - RESERVE, most))


def end_if_exhausted() -> None:
    """End this process when there is no room for another cell: what would fail next would be a matter of chance."""
    try:
        mmap.mmap(-1, ROOM + RESERVE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except (OSError, MemoryError):
        os._exit(EXHAUSTED)
