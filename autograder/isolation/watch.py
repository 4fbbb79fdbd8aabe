"""The process that stays outside a sandbox: it starts the job, keeps its totals, and ends it with all it started.

It speaks with the driver over one socket: `i` interrupts the job, end-of-file ends it; when the job has ended, it sends
one JSON object that says how. The job cannot reach it.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from autograder.isolation import linux, memory, scratch
from autograder.isolation.jail import NAMESPACES, OPEN_FILES, Jail, prepare
from autograder.isolation.visible_files import VisibleFiles
from autograder.rules.limits import Limits

TICK = 0.05
CLOCK = os.sysconf("SC_CLK_TCK")
USUAL_BUFFER = Path("/proc/sys/net/core/wmem_default")  # a job may not ask for a larger one


@dataclass(frozen=True)
class Usage:
    """What a job and everything that it started use at a moment."""

    cpu_seconds: float
    memory: int
    processes: int


def run_job(
    request: dict[str, Any],
    descriptors: list[int],
    files: VisibleFiles,
    become: Callable[[dict[str, Any], Jail, list[int]], None],
) -> None:
    """In a fresh fork of the warm process: watch a job, or (in the fork of that) become it."""
    control = socket.socket(fileno=descriptors[0])
    jail = Jail(
        tier=request["tier"],
        files=files,
        limits=Limits(**request["limits"]),
        user=request["user"],
        scratch=request["scratch"],
        packages=request["packages"],
    )
    run_watched(jail, lambda: become(request, jail, descriptors[1:]), control)


def run_watched(jail: Jail, job: Callable[[], None], control: socket.socket) -> None:
    """Run `job` in its jail and watch it to its end. Called in a fresh fork; returns when nothing is left of it."""
    if not os.path.exists(f"/proc/self/task/{os.getpid()}/children"):
        raise OSError("this kernel does not list a process's children, so that totals cannot be kept")
    socket_bytes()
    os.setsid()
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)  # what the job leaves behind becomes ours
    prepare(jail)
    child = os.fork()
    if child == 0:
        control.close()
        job()
        os._exit(0)
    for number in (0, 1, 2):
        with contextlib.suppress(OSError):
            os.close(number)
    close_others({control.fileno()})
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    over = watch(jail, child, control)
    # The driver may have told it to end before it was gone, because its sockets close first.
    if end(child) == memory.EXHAUSTED:
        over = "memory_mb"
    with contextlib.suppress(OSError):
        control.sendall(json.dumps({"over": over}).encode())


def close_others(kept: set[int]) -> None:
    """Close every descriptor but these; the standard ones, where open, stay."""
    for name in os.listdir("/proc/self/fd"):
        if (number := int(name)) > 2 and number not in kept:
            with contextlib.suppress(OSError):
                os.close(number)


def watch(jail: Jail, child: int, control: socket.socket) -> str:
    """Wait for the job's end; returns the name of the limit that ended it, or an empty text."""
    most = memory.together(jail.limits.memory_mb)
    ended = os.pidfd_open(child)
    poll = select.poll()
    poll.register(control, select.POLLIN)
    poll.register(ended, select.POLLIN)
    while True:
        ready = [descriptor for descriptor, _ in poll.poll(TICK * 1000)]
        if ended in ready:
            return ""
        if control.fileno() in ready:
            if control.recv(1) != b"i":
                return ""
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGINT)
        if over := exceeded(jail, most):
            return over


def exceeded(jail: Jail, most: int) -> str:
    """The name of a limit that the job is over; empty when it is within all of them. most: bytes of memory."""
    limits = jail.limits
    usage = measure()
    if usage.cpu_seconds > limits.cpu_seconds:
        return "cpu_seconds"
    if usage.processes > limits.processes:
        return "processes"
    own = family()
    buffers = max(sockets(own), waiting_sockets(jail, own)) * socket_bytes()
    if usage.memory + buffers > most and sum(map(share_of_memory, own)) + buffers > most:
        return "memory_mb"
    if jail.scratch:
        disk = scratch.size(jail.scratch) + scratch.nameless(family(), jail.scratch)
        if disk > limits.disk_mb << 20:
            return "disk_mb"
    return ""


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
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))  # user and system time, its own and that of children it waited for
        threads += int(fields[17])
        bytes_used += resident(pid)
    reaped = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Usage(ticks / CLOCK + reaped.ru_utime + reaped.ru_stime, bytes_used, threads)


def resident(pid: int) -> int:
    """The process's memory without files: its own, and what it shares with others."""
    return kilobytes(f"/proc/{pid}/status", ("RssAnon:", "RssShmem:"))


def share_of_memory(pid: int) -> int:
    """The process's memory, where each shared page counts in part: exact, and slower to read.

    A process may forbid others to look (PR_SET_DUMPABLE); then all its memory counts.
    """
    try:
        return kilobytes(f"/proc/{pid}/smaps_rollup", ("Pss_Anon:", "Pss_Shmem:"))
    except PermissionError:
        return resident(pid)


@cache
def socket_bytes() -> int:
    """What may wait in a socket: the usual buffer, and what the kernel needs beside it. Read before the job's network
    is its own, where the setting is not shown.
    """
    return 2 * int(USUAL_BUFFER.read_text()) if USUAL_BUFFER.exists() else 1 << 20


def sockets(pids: list[int]) -> int:
    """How many sockets these processes hold: what waits in them is memory that is in nobody's count.

    A process that forbids others to look may hold as many as it may open.
    """
    found: set[str] = set()
    hidden = 0
    for pid in pids:
        try:
            for entry in os.scandir(f"/proc/{pid}/fd"):
                with contextlib.suppress(OSError):
                    if (target := os.readlink(entry.path)).startswith("socket:"):
                        found.add(target)
        except FileNotFoundError:  # it ended meanwhile
            continue
        except OSError:
            hidden += OPEN_FILES
    return len(found) + hidden


def waiting_sockets(jail: Jail, pids: list[int]) -> int:
    """How many sockets the job's own network has, also those that nobody holds: not yet accepted, or on their way in a
    message. (Without a network of its own a job may make pairs only, and send none.)
    """
    if jail.tier != NAMESPACES or not pids:
        return 0
    try:
        with open(f"/proc/{pids[0]}/net/unix") as file:
            return sum(1 for _ in file) - 1
    except (FileNotFoundError, ProcessLookupError):
        return 0


def kilobytes(path: str, entries: tuple[str, ...]) -> int:
    """The sum of these entries of a file of /proc, in bytes; 0 when the process ended meanwhile."""
    try:
        with open(path) as file:
            return sum(int(line.split()[1]) << 10 for line in file if line.startswith(entries))
    except (FileNotFoundError, ProcessLookupError):
        return 0


def end(child: int) -> int:
    """Kill the job and all that is left of it, and wait until it is gone. Its exit status; negative for a signal."""
    status = -1
    for _ in range(1000):
        with contextlib.suppress(OSError):
            os.killpg(child, signal.SIGKILL)
        for pid in family():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        try:
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                status = os.waitstatus_to_exitcode(found[1]) if found[0] == child else status
        except ChildProcessError:
            break
        time.sleep(0.002)
    return status
