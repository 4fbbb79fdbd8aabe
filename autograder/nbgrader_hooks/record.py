"""Recording a grading: its scores and its penalty replace the old ones in one commit, with a line in the history.

The old scores stand until then, so that an interrupted grading leaves none empty. What may be interrupted in between is
seen by the next `grade`: it compares gradebook, history and graded notebook (`course/kept.py`).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, NbGraderPreprocessor
from traitlets import Unicode

from autograder.errors import CourseError
from autograder.grading.verdict import Reason, Verdict
from autograder.grading.verdicts import verdicts
from autograder.nbgrader_hooks.basis import basis, digest, release_basis
from autograder.nbgrader_hooks.execute import noted_outcomes
from autograder.nbgrader_hooks.history import appended, history_file
from autograder.nbgrader_hooks.late import ready, set_penalty
from autograder.nbgrader_hooks.registered import handout_path
from autograder.notebooks.handout import cells_by_id, read_handout
from autograder.notebooks.plain_text import few
from autograder.notebooks.source import name_of
from autograder.notebooks.submission import notes


class Record(NbGraderPreprocessor):
    """Judge the executed notebook and record it (in place of SaveAutoGrades and AssignLatePenalties)."""

    history = Unicode("history", help="Folder for the history of gradings, relative to the course's root").tag(
        config=True
    )

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        ids, noted = resources["nbgrader"], notes(nb)
        handout = read_handout(handout_path(CourseDirectory(parent=self), ids["assignment"], ids["notebook"]))
        found = verdicts(nb, handout, *noted_outcomes(nb))
        cells = cells_by_id(nb)
        for verdict in found:
            cells[verdict.cell].metadata.verdict = NotebookNode(verdict.as_dict())
        submission = noted.submission or digest(noted.unreadable)
        entry = history_entry(nb, found, ids, basis(release_basis(handout), submission, noted.isolation))
        noted.grading = entry["id"]
        assigner = ready(AssignLatePenalties(parent=self.parent))
        record(entry, found, ids, history_file(Path(self.history), ids["assignment"], ids["student"]), assigner)
        return nb, resources


def history_entry(
    nb: NotebookNode, found: list[Verdict], ids: dict[str, str], rests_on: dict[str, str]
) -> dict[str, Any]:
    """What the history keeps of a grading. Its id stands in the graded notebook's notes, too."""
    noted = notes(nb)
    return {
        "id": uuid.uuid4().hex,
        "graded": now(),
        "notebook": ids["notebook"],
        **noted.evidence,
        "basis": rests_on,
        "repairs": list(noted.repairs),
        "marks": few(stopped_cells(nb)),
        "verdicts": [verdict.as_dict() for verdict in found],
    }


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def stopped_cells(nb: NotebookNode) -> Iterable[str]:
    """Cells of the notebook, tests apart, that had to be stopped: they can cost no points, but a person should know."""
    for cell in nb.cells:
        graded = cell.metadata.get("nbgrader", {}).get("grade", False)
        for output in cell.get("outputs", ()):
            if not graded and output.output_type == "error" and output.ename in ("CellTimeoutError", "Stopped"):
                yield output.evalue or f"The cell {name_of(cell)!r} was stopped."


def record(
    entry: dict[str, Any], found: list[Verdict], ids: dict[str, str], file: Path, assigner: AssignLatePenalties
) -> None:
    """Scores, penalty and history line, all or nothing."""
    with Gradebook(ids["db_url"]) as gradebook:
        notebook = gradebook.find_submission_notebook(ids["notebook"], ids["assignment"], ids["student"])
        save_scores(found, notebook)
        gradebook.db.flush()  # from here on nobody else can write: what is busy or full shows before the history does
        late = set_penalty(gradebook, notebook, assigner)
        gradebook.db.flush()
        with appended(file, {**entry, **late}):
            gradebook.db.commit()


def save_scores(found: list[Verdict], notebook: SubmittedNotebook) -> None:
    """Set the automatic scores. A score given by hand stands, as in nbgrader, and is marked for another look."""
    grades = {grade.name: grade for grade in notebook.grades}
    if missing := [verdict.cell for verdict in found if verdict.cell not in grades]:
        raise CourseError(
            f"the gradebook has no place for a score of {', '.join(missing)}: the release has other cells than the one "
            "that this submission was first graded with. Start another gradebook with GRADEBOOK."
        )
    for verdict in found:
        grade = grades[verdict.cell]
        review = verdict.reason is Reason.NEEDS_REVIEW
        grade.auto_score = None if review else verdict.score
        grade.needs_manual_grade = review or grade.manual_score is not None
    for comment in notebook.comments:
        comment.auto_comment = None
