"""What a job uses at a moment: all its processes together, as /proc tells it.

Names of threads and of sockets are the job's choice, so what holds them is read as bytes: they need not be text.
"""

from __future__ import annotations

import contextlib
import os
import resource
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder.isolation.jail import OPEN_FILES

CLOCK = os.sysconf("SC_CLK_TCK")
PIPE_BYTES = 16 * resource.getpagesize()  # what waits in a pipe at most; a job may not ask for more
USUAL_BUFFER = Path("/proc/sys/net/core/wmem_default")  # a job may not ask for a larger one


@dataclass(frozen=True)
class Usage:
    """What a job and everything that it started use at a moment."""

    cpu_seconds: float
    memory: int
    processes: int


def family() -> list[int]:
    """The job's process and all its descendants, and orphans that were handed to us."""
    found, todo = [], [os.getpid()]
    while todo:
        for new in children(todo.pop()):
            found.append(new)
            todo.append(new)
    return found


def children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as file:
                found += map(int, file.read().split())
    except OSError:  # it ended meanwhile
        pass
    return found


def measure() -> Usage:
    """An upper bound of what the family uses, cheaply: memory that is shared between its members counts for each."""
    ticks = bytes_used = threads = 0
    for pid in family():
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))  # user and system time, its own and that of children it waited for
        threads += int(fields[17])
        bytes_used += resident(pid)
    reaped = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Usage(ticks / CLOCK + reaped.ru_utime + reaped.ru_stime, bytes_used, threads)


def resident(pid: int) -> int:
    """The process's memory without files: its own, and what it shares with others."""
    return kilobytes(f"/proc/{pid}/status", (b"RssAnon:", b"RssShmem:"))


def share_of_memory(pid: int) -> int:
    """The process's memory, where each shared page counts in part: exact, and slower to read.

    A process may forbid others to look (PR_SET_DUMPABLE); then all its memory counts.
    """
    try:
        return kilobytes(f"/proc/{pid}/smaps_rollup", (b"Pss_Anon:", b"Pss_Shmem:"))
    except PermissionError:
        return resident(pid)


@cache
def socket_bytes() -> int:
    """What may wait in a socket: the usual buffer, and what the kernel needs beside it. Read before the job's network
    is its own, where the setting is not shown.
    """
    return 2 * int(USUAL_BUFFER.read_text()) if USUAL_BUFFER.exists() else 1 << 20


def sockets_and_pipes(pids: list[int]) -> tuple[int, int]:
    """How many of each these processes hold: what waits in them is memory that is in nobody's count.

    A process that forbids others to look may hold as many sockets as it may open.
    """
    found: set[str] = set()
    hidden = 0
    for pid in pids:
        try:
            for entry in os.scandir(f"/proc/{pid}/fd"):
                with contextlib.suppress(OSError):
                    if (target := os.readlink(entry.path)).startswith(("socket:", "pipe:")):
                        found.add(target)
        except FileNotFoundError:  # it ended meanwhile
            continue
        except OSError:
            hidden += OPEN_FILES
    sockets = sum(target.startswith("socket:") for target in found)
    return sockets + hidden, len(found) - sockets


def sockets_of_network() -> int:
    """How many sockets there are in this process's network, which is the job's: also those that nobody holds, because
    they were not accepted yet, or are on their way in a message.
    """
    with open("/proc/self/net/unix", "rb") as file:
        return sum(1 for _ in file) - 1


def kilobytes(path: str, entries: tuple[bytes, ...]) -> int:
    """The sum of these entries of a file of /proc, in bytes; 0 when the process ended meanwhile."""
    try:
        with open(path, "rb") as file:
            return sum(int(line.split()[1]) << 10 for line in file if line.startswith(entries))
    except (FileNotFoundError, ProcessLookupError):
        return 0
