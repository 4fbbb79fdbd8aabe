"""The life cycle of an assignment through nbgrader's own API, with this course's configuration."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader

from autograder.errors import CourseError

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Row:
    """One student's latest grading of one assignment, as the table shows it."""

    student: str
    score: float
    points: float
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)
    error: str = ""


class Course:
    """The course at `root` with its run-time state in the folder `state` (relative to the root)."""

    def __init__(self, root: Path = ROOT, state: str | None = None) -> None:
        # nbgrader's own models raise these at every grading; they mean nothing to an instructor.
        warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
        self.root = root
        self.state = state or os.environ.get("GRADEBOOK", "gradebook")
        os.environ["GRADEBOOK"] = self.state  # nbgrader_config.py reads it, here and in the kernels' parents
        self.config: Config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
        self.api = NbGraderAPI(config=self.config)
        self.folder = root / self.state

    @property
    def assignments(self) -> list[str]:
        """The assignments that have a source notebook."""
        return sorted(path.parent.name for path in self.root.glob("solutions/*/*.ipynb"))

    def students(self, assignment: str) -> list[str]:
        """Who has handed the assignment in."""
        return sorted(path.parent.name for path in self.folder.glob(f"submitted/*/{assignment}") if path.is_dir())

    def unregistered(self, assignments: Iterable[str]) -> list[str]:
        """Those of the assignments that the gradebook does not know yet."""
        with Gradebook(self.config.CourseDirectory.db_url) as gradebook:
            known = {assignment.name for assignment in gradebook.assignments}
        return [assignment for assignment in assignments if assignment not in known]

    def autograde(self, assignment: str, student: str) -> Row:
        """Grade one submission. A failure of the grader itself is a row with an error, never an exception."""
        result = self.api.autograde(assignment, student, force=True)
        if not result["success"]:
            return Row(student, 0.0, 0.0, error=last_line(result))
        return self.row(assignment, student)

    def row(self, assignment: str, student: str) -> Row:
        lines = (self.folder / "history" / assignment / f"{student}.jsonl").read_text(encoding="utf-8").splitlines()
        latest = json.loads(lines[-1])
        with Gradebook(self.config.CourseDirectory.db_url) as gradebook:
            submission = gradebook.find_submission(assignment, student)
            return Row(student, submission.score, submission.max_score, latest["verdicts"], latest["repairs"])

    def feedback(self, assignment: str, students: Iterable[str]) -> None:
        for student in students:
            check(self.api.generate_feedback(assignment, student, force=True), f"feedback for {student}")


def last_line(result: dict[str, Any]) -> str:
    text = (result.get("error") or result.get("log") or "no reason given").strip()
    return text.splitlines()[-1]


def check(result: dict[str, Any], what: str) -> None:
    """Raise CourseError when nbgrader reports a failure."""
    if not result["success"]:
        raise CourseError(f"{what} failed: {last_line(result)}\n{result.get('log', '')}")
