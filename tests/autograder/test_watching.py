"""The process that watches a job: names that are no text, what it counts, and what becomes of a job it cannot watch."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from autograder.isolation import usage, watch
from autograder.isolation.clock import MOST_AT_ONCE, Clock
from autograder.isolation.jail import LANDLOCK, Jail
from autograder.isolation.leftovers import started
from autograder.isolation.visible_files import VisibleFiles
from autograder.rules.limits import Limits

PR_SET_NAME = 15
NO_TEXT = b"\xff) R\xfe"


@contextmanager
def named_child(name: bytes) -> Iterator[int]:
    """A process with this name that sleeps."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).prctl(PR_SET_NAME, name, 0, 0, 0)
        os.write(write, b"x")
        time.sleep(60)
        os._exit(0)
    os.read(read, 1)
    try:
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(read)
        os.close(write)


def test_planted_a_name_that_is_no_text_is_counted_as_any_other() -> None:
    with named_child(NO_TEXT) as child:
        assert child in usage.family()
        found = usage.measure()
        assert found.processes >= 1
        assert found.memory >= usage.resident(child) > 0
        assert usage.share_of_memory(child) > 0
        assert started(child) > 0


def test_planted_a_socket_whose_name_is_no_text_is_counted() -> None:
    before = usage.sockets_of_network()
    with socket.socket(socket.AF_UNIX) as held:
        held.bind(b"\0\xff\xfe%d" % os.getpid())
        assert usage.sockets_of_network() > before


def test_sockets_and_pipes_are_counted_once_each() -> None:
    with named_child(b"holder") as child:
        sockets, pipes = usage.sockets_and_pipes([os.getpid()])
        assert usage.sockets_and_pipes([os.getpid(), child]) == (sockets, pipes)
        ends, pair = os.pipe(), socket.socketpair()
        assert usage.sockets_and_pipes([os.getpid()]) == (sockets + 2, pipes + 1)
    for end in ends:
        os.close(end)
    for end in pair:
        end.close()


def test_planted_a_job_that_cannot_be_watched_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> str:
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")

    monkeypatch.setattr(watch, "exceeded", fails)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    jail = Jail(LANDLOCK, VisibleFiles((), (), (), ()), Limits(), 0, "", "")
    watcher = os.fork()
    if watcher == 0:
        ours.close()
        try:
            watch.run_watched(jail, lambda: time.sleep(60), theirs)
        finally:
            os._exit(0)
    theirs.close()
    ours.settimeout(30)
    assert json.loads(ours.recv(1000)) == {"over": watch.UNWATCHED}
    assert os.waitpid(watcher, 0)[1] == 0
    ours.close()


def test_a_clock_stands_still_while_its_process_is_stopped() -> None:
    times = iter([100.0, 100.4, 140.0, 140.5])
    clock = Clock(lambda: next(times))
    assert clock() == pytest.approx(0.4)
    assert clock() == pytest.approx(0.4 + MOST_AT_ONCE)
    assert clock() == pytest.approx(0.9 + MOST_AT_ONCE)
