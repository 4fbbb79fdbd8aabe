"""The one result of grading: a verdict for each graded cell, with a named reason."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from autograder.notebooks.plain_text import visible

MESSAGE_LIMIT = 2000


class Reason(StrEnum):
    """Why a graded cell has its score."""

    CORRECT = "correct"
    WRONG = "wrong"
    NOT_ATTEMPTED = "not attempted"
    CRASHED = "crashed"
    TIMED_OUT = "timed out"
    OVER_LIMIT = "over limit"
    FORBIDDEN = "forbidden call"
    TAMPERED = "tampered"
    NEEDS_REVIEW = "needs review"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Outcome:
    """What came of running one graded cell's test, before the rules that need no run (forbidden names, no attempt).

    noted: forbidden functions of torch's that the worker saw at work.
    """

    reason: Reason
    message: str = ""
    seconds: float = 0.0
    noted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """What a verdict rests on. tier: the isolation that was reached, in words.  seed: what the test drew from.

    submission, environment: SHA-256 of the file handed in, and of the installed packages' versions.
    """

    tier: str = ""
    seed: int | None = None
    submission: str = ""
    environment: str = ""


@dataclass(frozen=True)
class Verdict:
    """What one graded cell of one submission earned, and why.

    cell: the graded cell's grade_id.  score, points: 0 <= score <= points.
    message: what the student is told; plain text, at most MESSAGE_LIMIT characters.
    seconds: how long the test ran.  test: SHA-256 of its source.  For the rest see Evidence.
    """

    cell: str
    score: float
    points: float
    reason: Reason
    message: str = ""
    seconds: float = 0.0
    test: str = ""
    evidence: Evidence = Evidence()

    def as_dict(self) -> dict[str, Any]:
        """Flat, for JSON."""
        entries = asdict(self)
        evidence: dict[str, Any] = entries.pop("evidence")
        return entries | evidence


def failed(cell: str, points: float, reason: Reason, message: str, seconds: float = 0.0) -> Verdict:
    """A verdict of zero. A long message is cut; terminal escapes are dropped, other controls made visible."""
    return Verdict(cell, 0.0, points, reason, printable(message), seconds)


def printable(message: str) -> str:
    return visible(message[: 4 * MESSAGE_LIMIT])[:MESSAGE_LIMIT]
