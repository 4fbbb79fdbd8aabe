"""The process that stays outside a sandbox: it starts the job, keeps its totals, and ends it with all it started.

It speaks with the driver over one socket: `i` interrupts the job, end-of-file ends it; when the job has ended, it sends
one JSON object that says how. The job cannot reach it.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

from autograder.isolation import linux, memory, scratch
from autograder.isolation.groups import Group
from autograder.isolation.jail import NAMESPACES, Jail, prepare
from autograder.isolation.usage import (
    PIPE_BYTES,
    family,
    measure,
    share_of_memory,
    socket_bytes,
    sockets_and_pipes,
    sockets_of_network,
)
from autograder.isolation.visible_files import VisibleFiles
from autograder.rules.limits import Limits

UNWATCHED = "unwatched"  # what ended a job, beside the names of the limits: nobody could tell what it used
TICK, SHORT_TICK = 50, 10  # milliseconds; the kernel itself keeps what one process has, so that several are in question


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
        group=request["group"],
    )
    run_watched(jail, lambda: become(request, jail, descriptors[1:]), control)


def run_watched(jail: Jail, job: Callable[[], None], control: socket.socket) -> None:
    """Run `job` in its jail and watch it to its end. Called in a fresh fork; returns when nothing is left of it."""
    if not os.path.exists(f"/proc/self/task/{os.getpid()}/children"):
        raise OSError("this kernel does not list a process's children, so that totals cannot be kept")
    socket_bytes()
    os.setsid()
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)  # what the job leaves behind becomes ours
    most = memory.together(jail.limits.memory_mb)
    group = group_of(jail, most)
    prepare(jail)
    child = os.fork()
    if child == 0:
        control.close()
        if group:
            group.enter()
        job()
        os._exit(0)
    for number in (0, 1, 2):
        with contextlib.suppress(OSError):
            os.close(number)
    close_others({control.fileno()})
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    over = UNWATCHED
    try:
        with contextlib.suppress(Exception):  # whatever it is: a job that is not watched does not go on
            over = watch(jail, most, child, control)
    finally:
        status = end(child, group)
    # The driver may have told it to end before it was gone, because its sockets close first.
    if status == memory.EXHAUSTED:
        over = "memory_mb"
    if group:
        over = group.over or over
        group.remove()
    with contextlib.suppress(OSError):
        control.sendall(json.dumps({"over": over}).encode())


def close_others(kept: set[int]) -> None:
    """Close every descriptor but these; the standard ones, where open, stay."""
    for name in os.listdir("/proc/self/fd"):
        if (number := int(name)) > 2 and number not in kept:
            with contextlib.suppress(OSError):
                os.close(number)


def group_of(jail: Jail, most: int) -> Group | None:
    """The job's group, where there can be one. most: bytes of memory; files in memory come on top."""
    if jail.group:
        with contextlib.suppress(OSError):
            return Group(jail.group, most + (2 * jail.limits.disk_mb << 20), jail.limits.processes)
    return None


def watch(jail: Jail, most: int, child: int, control: socket.socket) -> str:
    """Wait for the job's end; returns the name of the limit that ended it, or an empty text."""
    ended = os.pidfd_open(child)
    poll = select.poll()
    poll.register(control, select.POLLIN)
    poll.register(ended, select.POLLIN)
    while True:
        ready = [descriptor for descriptor, _ in poll.poll(SHORT_TICK if len(family()) > 1 else TICK)]
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
    sockets, pipes = sockets_and_pipes(own)
    if jail.tier == NAMESPACES:
        sockets = max(sockets, sockets_of_network())
    buffers = sockets * socket_bytes() + pipes * PIPE_BYTES
    if usage.memory + buffers > most and sum(map(share_of_memory, own)) + buffers > most:
        return "memory_mb"
    if jail.scratch:
        disk = scratch.size(jail.scratch) + scratch.nameless(family(), jail.scratch)
        if disk > limits.disk_mb << 20:
            return "disk_mb"
    return ""


def end(child: int, group: Group | None) -> int:
    """Kill the job and all that is left of it, and wait until it is gone. Its exit status; negative for a signal."""
    status = -1
    for _ in range(1000):
        if group:
            group.end()
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
