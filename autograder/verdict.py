"""The one result of grading: a verdict for each graded cell, with a named reason."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

MESSAGE_LIMIT = 2000


class Reason(StrEnum):
    """Why a graded cell has its score."""

    CORRECT = "correct"
    WRONG = "wrong"
    NOT_ATTEMPTED = "not attempted"
    CRASHED = "crashed"
    TIMED_OUT = "timed out"
    FORBIDDEN = "forbidden call"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Verdict:
    """What one graded cell of one submission earned, and why.

    cell: the graded cell's grade_id.  score, points: 0 <= score <= points.
    message: what the student is told; plain text, at most MESSAGE_LIMIT characters.
    """

    cell: str
    score: float
    points: float
    reason: Reason
    message: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def failed(cell: str, points: float, reason: Reason, message: str) -> Verdict:
    """A verdict of zero. A long message is cut, and control characters (terminal escapes) are dropped."""
    printable = "".join(c for c in message if c in "\n\t" or c.isprintable())
    return Verdict(cell, 0.0, points, reason, printable[:MESSAGE_LIMIT])
