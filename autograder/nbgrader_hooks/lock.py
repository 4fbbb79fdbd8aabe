"""One at a time: whoever reads or writes a gradebook in more than one step holds its lock, whichever way it came.

The lock is the kernel's (flock, through filelock): it ends with its process, however that ends.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy.engine import make_url

from autograder.errors import CourseError

PATIENCE = 0.2  # seconds before somebody who waits is told for whom
#: The plain commands of nbgrader's that write into a gradebook, and the one that hands its scores on.
COMMANDS = frozenset({"autograde", "generate_assignment", "assign", "generate_feedback", "feedback", "export"})
SERVER_SECONDS = 10.0  # a server that waits answers nobody else


def lock_file(db_url: str) -> Path:
    """The lock of a gradebook: a file beside it. (A database that is no file is locked for this folder.)"""
    database = make_url(db_url).database if db_url.startswith("sqlite") else None
    return Path(database or "gradebook.db").absolute().with_suffix(".lock")


@contextlib.contextmanager
def gradebook_lock(db_url: str) -> Iterator[None]:
    """Hold the gradebook's lock. Who holds it already may take it again.

    Whoever has to wait is told for whom, and waits; a server (formgrader) gives up after SERVER_SECONDS and raises
    CourseError, because it could do nothing else meanwhile.
    """
    path = lock_file(db_url)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, is_singleton=True, on_acquired=sign)
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        told = f"The gradebook is in use by {holder(path)}."
        if in_a_server():
            try:
                lock.acquire(timeout=SERVER_SECONDS)
            except Timeout:
                raise CourseError(f"{told} Try again when that has ended.") from None
        else:
            print(f"{told} Waiting until that has ended.", file=sys.stderr, flush=True)
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


def sign(file: int) -> None:
    """Write into the lock file who holds it."""
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])
    owner = {"pid": os.getpid(), "command": command, "since": datetime.now().astimezone().isoformat(timespec="seconds")}
    with contextlib.suppress(OSError):  # on a full disk: the lock holds without its name
        os.ftruncate(file, 0)
        os.pwrite(file, json.dumps(owner).encode("utf-8", "replace"), 0)


def holder(path: Path) -> str:
    """Who holds the lock, as its file says."""
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        return f"`{owner['command']}` (process {owner['pid']}, since {owner['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


def in_a_server() -> bool:
    """True inside an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def refuse_server_elsewhere(root: Path) -> None:
    """Raise CourseError in a Jupyter that was started outside the course and is told to show it (`?path=`).

    Formgrader makes what shows a submission when it starts, with the configuration of the folder it is started in: the
    page of this course's submissions would let run what students wrote.
    """
    if in_a_server() and Path.cwd().resolve() != root:
        raise CourseError(f"This course is not shown by a Jupyter that runs in {Path.cwd()}: start Jupyter in {root}.")


def lock_process(db_url: str) -> None:
    """Hold the gradebook's lock until this process ends: a plain command of nbgrader's converts one after another."""
    held = gradebook_lock(db_url)
    held.__enter__()
    atexit.register(held.__exit__, None, None, None)
