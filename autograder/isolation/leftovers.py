"""Temporary folders that a grader which was killed left behind: each bears its process's number and is swept later."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path


def prefix(kind: str) -> str:
    """How a temporary folder of this process begins, so that `sweep` knows whose it was."""
    return f"{kind}-{os.getpid()}-{started(os.getpid())}-"


def sweep(remove: Callable[[str], None]) -> list[str]:
    """Remove such folders whose process has ended, and which are this user's (root's: also those of jobs)."""
    swept: list[str] = []
    for path in stale(Path(tempfile.gettempdir())):
        with contextlib.suppress(FileNotFoundError):  # somebody else sweeps, too
            remove(path)
            swept.append(os.path.basename(path))
    return swept


def stale(place: Path) -> Iterator[str]:
    """The folders in this place that such a process left."""
    for entry in os.scandir(place):
        found = re.match(r"(?:packages|job)-(\d+)-(\d+)-", entry.name)
        if not found or not entry.is_dir(follow_symlinks=False):
            continue
        with contextlib.suppress(FileNotFoundError):
            mine = os.geteuid() in (0, entry.stat(follow_symlinks=False).st_uid)
            if mine and started(int(found[1])) != int(found[2]):
                yield entry.path


def started(process: int) -> int:
    """When the process started, in ticks since the machine did; 0 when there is none. A number alone may come again."""
    try:
        return int(Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()[19])
    except (OSError, ValueError):
        return 0
