"""The Landlock tier on a kernel whose Landlock keeps no signals inside: the system-call filter has to."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import struct
import time
from typing import Any

import pytest

from autograder.isolation import jail, landlock, syscalls

FIOASYNC, FIOSETOWN, SIOCSPGRP = 0x5452, 0x8901, 0x8902
OLD = 5  # Landlock's version before it scoped signals


def attempt(driver: int) -> list[str]:
    """In a job: every way to have a signal sent to the driver; what could be done."""
    ours, theirs = socket.socketpair()
    flags = fcntl.fcntl(ours, fcntl.F_GETFL)
    ways = {
        "kill": lambda: os.kill(driver, signal.SIGUSR1),
        "owner": lambda: fcntl.fcntl(ours, fcntl.F_SETOWN, driver),
        "owner, extended": lambda: fcntl.fcntl(ours, 15, struct.pack("ii", 1, driver)),
        "owner of a socket": lambda: fcntl.ioctl(ours, SIOCSPGRP, struct.pack("i", driver)),
        "owner by ioctl": lambda: fcntl.ioctl(ours, FIOSETOWN, struct.pack("i", driver)),
        "another signal": lambda: fcntl.fcntl(ours, 10, int(signal.SIGUSR1)),
        "asynchronous": lambda: fcntl.fcntl(ours, fcntl.F_SETFL, flags | 0x2000),
        "asynchronous by ioctl": lambda: fcntl.ioctl(ours, FIOASYNC, struct.pack("i", 1)),
        "input": lambda: theirs.send(b"x"),
        "nothing asynchronous": lambda: fcntl.fcntl(ours, fcntl.F_SETFL, flags | os.O_NONBLOCK),
    }
    done: list[str] = []
    for name, way in ways.items():
        try:
            way()
            done.append(name)
        except PermissionError:
            pass
    return done


def in_a_job(code: bytes) -> tuple[list[str], int]:
    """What a fork under this filter could do, and how many signals came from it."""
    came: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda *_: came.append(1))
    ours, theirs = os.pipe()
    driver = os.getpid()
    try:
        if (child := os.fork()) == 0:
            try:
                syscalls.install(code)
                os.write(theirs, json.dumps(attempt(driver)).encode())
            finally:
                os._exit(0)
        os.close(theirs)
        done = json.loads(os.read(ours, 10_000))
        os.waitpid(child, 0)
        time.sleep(0.05)
    finally:
        os.close(ours)
        signal.signal(signal.SIGUSR1, before)
    return done, len(came)


def test_an_old_landlock_is_helped_by_the_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "version", lambda: OLD)
    assert jail.needs_silence(jail.LANDLOCK)
    assert in_a_job(jail.filter_for(jail.LANDLOCK)) == (["input", "nothing asynchronous"], 0)


def test_planted_without_the_filters_silence_the_driver_is_signalled() -> None:
    done, came = in_a_job(syscalls.program(False, False))
    assert {"kill", "owner", "asynchronous"} <= set(done)
    assert came > 0


def named(rules: list[tuple[str, int, Any]]) -> set[str]:
    return {name for name, _, _ in rules}


def test_other_ways_to_signal_by_number_are_refused() -> None:
    ways = {"rt_sigqueueinfo", "rt_tgsigqueueinfo", "tkill", "tgkill", "pidfd_send_signal", "pidfd_open"}
    assert ways <= named(syscalls.rules(False, True))
