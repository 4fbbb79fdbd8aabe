"""A student's row in the table of a class."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import Gradebook

from autograder.nbgrader_hooks.history import History


@dataclass(frozen=True)
class Row:
    """One student's latest grading of one assignment, as the table shows it.

    score: points without the penalty.  look: what a person has to look at, in sentences.
    """

    student: str
    score: float = 0.0
    points: float = 0.0
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)
    error: str = ""
    has_notebook: bool = True  # nbgrader writes feedback for a notebook only
    penalty: float = 0.0
    look: list[str] = field(default_factory=list)

    @property
    def total(self) -> float:
        return max(0.0, self.score - self.penalty)


def read_row(gradebook: Gradebook, history: History, assignment: str, student: str, has_notebook: bool) -> Row:
    """The row of the latest grading. Raises LookupError where there is none."""
    latest = history.latest
    if latest is None:
        raise LookupError(f"the history of {student} holds no grading of {assignment}")
    submission = gradebook.find_submission(assignment, student)
    penalty = submission.late_submission_penalty or 0.0
    look = [*latest.get("marks", []), *handwork(submission)]
    if history.damaged:
        look.append(f"{history.damaged} damaged line(s) in the history were passed over")
    return Row(
        student,
        submission.score,
        submission.max_score,
        latest["verdicts"],
        latest["repairs"],
        has_notebook=has_notebook,
        penalty=penalty,
        look=look,
    )


def handwork(submission: Any) -> list[str]:
    """What waits for a score by hand, and which scores by hand wait for another look."""
    waiting = [grade for notebook in submission.notebooks for grade in notebook.grades if grade.needs_manual_grade]
    blank = [grade.name for grade in waiting if grade.manual_score is None]
    given = [grade.name for grade in waiting if grade.manual_score is not None]
    found = [f"to be graded by hand: {', '.join(blank)}"] * bool(blank)
    return found + [f"a score given by hand stands, look again: {', '.join(given)}"] * bool(given)
