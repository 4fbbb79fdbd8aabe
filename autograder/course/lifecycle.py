"""The life cycle of an assignment through nbgrader's own converters, with this course's configuration."""

from __future__ import annotations

import contextlib
import copy
import os
import shutil
import warnings
from collections.abc import Iterable
from dataclasses import asdict
from functools import cached_property
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.exc import SAWarning
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.course.convert import cause_of, convert
from autograder.course.kept import NO_NOTEBOOK, changes, follow_lateness
from autograder.course.row import Row, read_row
from autograder.errors import CourseError
from autograder.grading.verdict import Evidence
from autograder.grading.verdicts import verdicts
from autograder.nbgrader_hooks.basis import HONOUR, basis, digest, release_basis
from autograder.nbgrader_hooks.execute import PLAINLY
from autograder.nbgrader_hooks.history import history_file, read_history
from autograder.nbgrader_hooks.late import ready
from autograder.nbgrader_hooks.lock import gradebook_lock
from autograder.nbgrader_hooks.record import history_entry, record
from autograder.notebooks.handout import Handout, read_handout
from autograder.notebooks.submission import notes, refuse_name, submitted_notebooks
from autograder.processes.engine import shared_engine

#: What is around this package: a checkout of the course, or the place where an installed wheel lies.
ROOT = Path(__file__).resolve().parents[2]


def course_root() -> Path:
    """The folder of the course: the checkout around this package, or else the current folder.

    Raises:
        CourseError: neither is a course.
    """
    for folder in (ROOT, Path.cwd()):
        if (folder / "nbgrader_config.py").is_file():
            return folder
    raise CourseError(
        f"{Path.cwd()} is no course (no nbgrader_config.py). Run this in the folder of the course, where solutions/ "
        "and exercises/ lie."
    )


class Course:
    """The course at `root`, by default `course_root()`, with its run-time state in the folder `state` under it."""

    def __init__(self, root: Path | None = None, state: str | None = None, unsafe: bool = False) -> None:
        # nbgrader's own models raise these at every grading; they mean nothing to an instructor.
        warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
        self.root = root = root or course_root()
        self.state = state or os.environ.get("GRADEBOOK", "gradebook")
        os.environ["GRADEBOOK"] = self.state  # nbgrader_config.py reads it, here and in the kernels' parents
        self.config: Config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
        self.config.IsolatedExecute.unsafe = unsafe
        self.unsafe = unsafe
        self.db_url: str = self.config.CourseDirectory.db_url
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

    def known_students(self) -> set[str]:
        """Everybody in the gradebook."""
        with Gradebook(self.db_url) as gradebook:
            return {student.id for student in gradebook.students}

    def unregistered(self, assignments: Iterable[str]) -> list[str]:
        """Those of the assignments that the gradebook does not know yet."""
        with Gradebook(self.db_url) as gradebook:
            known = {assignment.name for assignment in gradebook.assignments}
        return [assignment for assignment in assignments if assignment not in known]

    def lock(self) -> contextlib.AbstractContextManager[None]:
        """The lock of this course's gradebook."""
        return gradebook_lock(self.db_url)

    @property
    def executor(self) -> str:
        """How submissions run: a tier of isolation, or HONOUR. Raises NoIsolation when nothing isolates them."""
        if self.unsafe:
            return HONOUR
        return shared_engine(self.root, self.config.IsolatedExecute.get("tier", "auto")).tier

    def isolation(self) -> str:
        """The same, for the terminal."""
        return PLAINLY if self.unsafe else f"Isolation: {self.executor}. Tests run in a process of their own."

    @cached_property
    def late_policy(self) -> AssignLatePenalties:
        """The course's late policy, as nbgrader's configuration has it."""
        return ready(AssignLatePenalties(parent=self.api))

    def handout(self, assignment: str) -> Handout:
        return read_handout(self.root / "exercises" / assignment / f"{assignment}.ipynb")

    def submitted(self, assignment: str, student: str) -> Path:
        """Where the notebook is expected that a student handed in."""
        return self.folder / "submitted" / student / assignment / f"{assignment}.ipynb"

    def graded(self, assignment: str, student: str) -> Path:
        return self.folder / "autograded" / student / assignment / f"{assignment}.ipynb"

    def history(self, assignment: str, student: str) -> Path:
        return history_file(self.folder / "history", assignment, student)

    def autograde(self, assignment: str, student: str) -> Row:
        """Grade one submission. A failure, whosever it is, is a row with its cause, never an exception."""
        look: list[str] = []
        try:
            refuse_name(student)
            if not submitted_notebooks(self.submitted(assignment, student).parent):
                return self.nothing(assignment, student)
            cause = convert(Autograde, self.grading, assignment, student)
            if not cause:
                return self.row(assignment, student)
            look = self.left_standing(assignment, student)
        except Exception as error:
            cause = cause_of(error)
        return Row(student, error=cause, has_notebook=False, look=look)

    def left_standing(self, assignment: str, student: str) -> list[str]:
        """After a failure: the score that the gradebook still has, of an earlier grading, is marked and named."""
        with contextlib.suppress(Exception), Gradebook(self.db_url) as gradebook:
            submission = gradebook.find_submission(assignment, student)
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            if any(grade.auto_score is not None or grade.needs_manual_grade for grade in grades):
                for grade in grades:
                    grade.needs_manual_grade = True
                gradebook.db.commit()
                return [f"until it is graded again, the gradebook keeps the earlier {submission.score:g} points"]
        return []

    def nothing(self, assignment: str, student: str) -> Row:
        """A folder without a notebook, which nbgrader passes over: a named zero for each graded cell."""
        handout = self.handout(assignment)
        notebook = copy.deepcopy(handout.notebook)
        noted = notes(notebook)
        noted.unreadable, noted.evidence = NO_NOTEBOOK, asdict(Evidence())
        found = verdicts(notebook, handout, {}, Evidence())
        ids = {"assignment": assignment, "notebook": assignment, "student": student, "db_url": self.db_url}
        rests_on = basis(release_basis(handout), digest(NO_NOTEBOOK), self.executor)
        entry = {**history_entry(notebook, found, ids, rests_on), "id": ""}  # there is no graded notebook
        for stale in (self.graded(assignment, student).parent, self.folder / "feedback" / student / assignment):
            shutil.rmtree(stale, ignore_errors=True)
        with Gradebook(self.db_url) as gradebook:
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission(assignment, student)
        record(entry, found, ids, self.history(assignment, student), self.late_policy)
        return self.row(assignment, student)

    def standing(self, assignment: str, student: str) -> tuple[list[str], list[str]]:
        """Why a submission has to be graded (nothing, if its verdicts stand), and what became of its penalty.

        The penalty of verdicts that stand follows here, without running anything. Whatever goes wrong is a reason to
        grade, and grading then says what it is.
        """
        try:
            with Gradebook(self.db_url) as gradebook:
                release = release_basis(self.handout(assignment))
                file, submitted = self.history(assignment, student), self.submitted(assignment, student)
                past, graded = read_history(file), self.graded(assignment, student)
                if found := changes(past, release, submitted, self.executor, graded, gradebook):
                    return found, []
                return [], follow_lateness(gradebook, submitted, past, file, self.late_policy)
        except Exception as error:
            return [cause_of(error)], []

    def row(self, assignment: str, student: str) -> Row:
        """The row of the latest grading. Raises LookupError or MissingEntry where there is none."""
        with Gradebook(self.db_url) as gradebook:
            past = read_history(self.history(assignment, student))
            return read_row(gradebook, past, assignment, student, self.graded(assignment, student).exists())

    def feedback(self, assignment: str, students: Iterable[str]) -> None:
        """Write the feedback pages of these students. Raises CourseError for the first that fails."""
        for student in students:
            if cause := convert(GenerateFeedback, self.api, assignment, student):
                raise CourseError(f"no feedback for {student}: {cause}")
