"""The history of a student's gradings: one line of JSON each, oldest first. A regrade adds to it and replaces nothing.

Only one process writes at a time: it holds the lock of the gradebook.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NEEDED = {"verdicts": list, "repairs": list}
KNOWN = {"id": str, "marks": list, "basis": dict, "late": dict, "penalty": (int, float)}  # what may be there as well
SENTENCES = ("repairs", "marks")
NEEDED_OF_A_VERDICT = {
    "cell": str,
    "score": (int, float),
    "points": (int, float),
    "reason": str,
    "message": str,
    "tier": str,
}


@dataclass(frozen=True)
class History:
    """What could be read. latest: the newest whole line, or None.  damaged: how many lines are no whole line."""

    latest: dict[str, Any] | None
    damaged: int = 0


def history_file(folder: Path, assignment: str, student: str) -> Path:
    return folder / assignment / f"{student}.jsonl"


def read_history(path: Path) -> History:
    """Read past damage: a line that a full disk or a lost machine cut is counted, and the line before it holds."""
    try:
        lines = path.read_bytes().removesuffix(b"\n").split(b"\n")
    except FileNotFoundError:
        return History(None)
    found = [read_line(line) for line in lines]
    whole = [line for line in found if line is not None]
    return History(whole[-1] if whole else None, len(found) - len(whole))


def read_line(line: bytes) -> dict[str, Any] | None:
    """One grading, or None for what is not one."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):  # no JSON, no UTF-8, no end of its brackets
        return None
    if not fits(entry, NEEDED) or not fits(entry, {name: kind for name, kind in KNOWN.items() if name in entry}):
        return None
    sentences = all(isinstance(each, str) for name in SENTENCES for each in entry.get(name, ()))
    return entry if sentences and all(fits(each, NEEDED_OF_A_VERDICT) for each in entry["verdicts"]) else None


def fits(entry: Any, kinds: Mapping[str, Any]) -> bool:
    """Is it a dictionary whose values are of these kinds?"""
    return isinstance(entry, dict) and all(isinstance(entry.get(name), kind) for name, kind in kinds.items())


@contextlib.contextmanager
def appended(path: Path, entry: dict[str, Any]) -> Iterator[None]:
    """The entry stands in the file, whole and on the disk, while the block runs; if the block fails it goes again.

    So a gradebook that is committed inside the block never has a score that the history does not know.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        size = os.fstat(file).st_size
        cut = size > 0 and os.pread(file, 1, size - 1) != b"\n"  # what was cut stays a line of its own
        data = b"\n" * cut + json.dumps(entry, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        try:
            if os.write(file, data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            os.fsync(file)
            yield
        except BaseException:
            os.ftruncate(file, size)
            raise
    finally:
        os.close(file)
