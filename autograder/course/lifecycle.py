"""The life cycle of an assignment through nbgrader's own API, with this course's configuration."""

from __future__ import annotations

import copy
import json
import os
import re
import warnings
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader

from autograder.errors import CourseError, UnreadableSubmission
from autograder.grading.verdict import Evidence
from autograder.grading.verdicts import verdicts
from autograder.isolation.visible_files import environment_hash
from autograder.nbgrader_hooks.execute import PLAINLY
from autograder.nbgrader_hooks.record import append_history, save_scores
from autograder.notebooks.handout import read_handout
from autograder.notebooks.manifest import NAME
from autograder.notebooks.submission import file_hash, find_submitted, notes, refuse_patterns
from autograder.processes.engine import shared_engine

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Row:
    """One student's latest grading of one assignment, as the table shows it."""

    student: str
    score: float
    points: float
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)
    error: str = ""
    has_notebook: bool = True  # nbgrader writes feedback for a notebook only


class Course:
    """The course at `root` with its run-time state in the folder `state` (relative to the root)."""

    def __init__(self, root: Path = ROOT, state: str | None = None, unsafe: bool = False) -> None:
        # nbgrader's own models raise these at every grading; they mean nothing to an instructor.
        warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
        self.root = root
        self.state = state or os.environ.get("GRADEBOOK", "gradebook")
        os.environ["GRADEBOOK"] = self.state  # nbgrader_config.py reads it, here and in the kernels' parents
        self.config: Config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
        self.config.IsolatedExecute.unsafe = unsafe
        self.unsafe = unsafe
        self.api = NbGraderAPI(config=self.config)
        grading = copy.deepcopy(self.config)
        grading.CourseDirectory.ignore = ["*"]  # what lies beside a submitted notebook is never copied
        self.grading = NbGraderAPI(config=grading)
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

    def isolation(self) -> str:
        """How submissions will run, for the terminal. Raises NoIsolation when nothing isolates them."""
        if self.unsafe:
            return PLAINLY
        engine = shared_engine(self.root, self.config.IsolatedExecute.get("tier", "auto"))
        return f"Isolation: {engine.tier}. Tests run in a process of their own."

    def autograde(self, assignment: str, student: str) -> Row:
        """Grade one submission. A failure of the grader itself is a row with an error, never an exception."""
        try:
            refuse_patterns(student)
        except CourseError as error:
            return Row(student, 0.0, 0.0, error=str(error), has_notebook=False)
        if not list((self.folder / "submitted" / student / assignment).glob("*.ipynb")):
            return self.nothing(assignment, student)
        result = self.grading.autograde(assignment, student, force=True)
        if not result["success"]:
            return Row(student, 0.0, 0.0, error=last_line(result), has_notebook=False)
        return self.row(assignment, student)

    def nothing(self, assignment: str, student: str) -> Row:
        """A folder without a notebook, which nbgrader passes over: a named zero for each graded cell."""
        handout = read_handout(self.root / "exercises" / assignment / f"{assignment}.ipynb")
        notebook = copy.deepcopy(handout.notebook)
        notes(notebook).unreadable = "The folder that was handed in holds no notebook."
        notes(notebook).evidence = asdict(Evidence())
        found = verdicts(notebook, handout, {}, Evidence())
        ids = {"assignment": assignment, "notebook": assignment, "student": student}
        with Gradebook(self.config.CourseDirectory.db_url) as gradebook:
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission(assignment, student)
            save_scores(found, notebook, gradebook, ids)
        append_history(self.folder / "history", found, notes(notebook), ids)
        return self.row(assignment, student)

    def unchanged(self, assignment: str, student: str) -> Row | None:
        """The row of the latest grading, if file, tests, environment and executor are what they were then."""
        try:
            row = self.row(assignment, student)
            found, _ = find_submitted(self.folder / "submitted" / student / assignment / f"{assignment}.ipynb")
        except (OSError, MissingEntry, UnreadableSubmission, ValueError, KeyError):
            return None
        tests = json.loads((self.root / "exercises" / NAME).read_text(encoding="utf-8"))["assignments"][assignment]
        now = {"submission": file_hash(found), "environment": environment_hash()}
        same = all({key: v.get(key) for key in now} == now and v["tier"] for v in row.verdicts)
        safe = not any("honour" in verdict["tier"] for verdict in row.verdicts)
        same &= {v["cell"]: v["test"] for v in row.verdicts} == tests["tests"] and safe is not self.unsafe
        return row if same else None

    def row(self, assignment: str, student: str) -> Row:
        lines = (self.folder / "history" / assignment / f"{student}.jsonl").read_text(encoding="utf-8").splitlines()
        latest = json.loads(lines[-1])
        with Gradebook(self.config.CourseDirectory.db_url) as gradebook:
            submission = gradebook.find_submission(assignment, student)
            graded = (self.folder / "autograded" / student / assignment / f"{assignment}.ipynb").exists()
            row = Row(student, submission.score, submission.max_score, latest["verdicts"], latest["repairs"])
            return replace(row, has_notebook=graded)

    def feedback(self, assignment: str, students: Iterable[str]) -> None:
        for student in students:
            require_success(self.api.generate_feedback(assignment, student, force=True), f"feedback for {student}")


def last_line(result: dict[str, Any]) -> str:
    """Why nbgrader failed, in a line: our own error when there is one, which its log has before nbgrader's."""
    text = "\n".join([result.get("log") or "", result.get("error") or ""]).strip() or "no reason given"
    ours = re.findall(r"^\s*autograder\.[\w.]+: (.+)$", text, re.M)
    return ours[-1] if ours else text.splitlines()[-1]


def require_success(result: dict[str, Any], what: str) -> None:
    """Raise CourseError when nbgrader reports a failure."""
    if not result["success"]:
        raise CourseError(f"{what} failed: {last_line(result)}\n{result.get('log', '')}")
