"""Writing verdicts into nbgrader's gradebook, and keeping the history of every grading."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_solution
from traitlets import Unicode

from autograder.grading.verdict import Reason, Verdict
from autograder.grading.verdicts import verdicts
from autograder.nbgrader_hooks.execute import noted_outcomes
from autograder.nbgrader_hooks.registered import handout_path
from autograder.notebooks.handout import cells_by_id, read_handout
from autograder.notebooks.submission import notes


class ClearScores(NbGraderPreprocessor):
    """Before anything runs: forget the scores of an earlier grading, so that no failure can leave them standing."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        ids = resources["nbgrader"]
        with Gradebook(ids["db_url"]) as gradebook:
            submission = gradebook.find_submission_notebook(ids["notebook"], ids["assignment"], ids["student"])
            for grade in submission.grades:
                grade.auto_score, grade.needs_manual_grade = None, True
            gradebook.db.commit()
        return nb, resources


class Record(NbGraderPreprocessor):
    """Judge the executed notebook, write its scores, append to its history (in place of SaveAutoGrades)."""

    history = Unicode("history", help="Folder for the history of gradings, relative to the course's root").tag(
        config=True
    )

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        ids = resources["nbgrader"]
        handout = read_handout(handout_path(CourseDirectory(parent=self), ids["assignment"], ids["notebook"]))
        found = verdicts(nb, handout, *noted_outcomes(nb))
        cells = cells_by_id(nb)
        for verdict in found:
            cells[verdict.cell].metadata.verdict = NotebookNode(verdict.as_dict())
        with Gradebook(ids["db_url"]) as gradebook:
            save_scores(found, nb, gradebook, ids)
        append_history(Path(self.history), found, notes(nb), ids)
        return nb, resources


def append_history(history: Path, found: list[Verdict], noted: NotebookNode, ids: dict[str, str]) -> None:
    """One line of JSON for each grading, oldest first: a regrade adds to what was, it never replaces it."""
    path = history / ids["assignment"] / f"{ids['student']}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    line = {
        "graded": datetime.now(UTC).isoformat(timespec="seconds"),
        "notebook": ids["notebook"],
        **noted.evidence,
        "repairs": list(noted.repairs),
        "verdicts": [verdict.as_dict() for verdict in found],
    }
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def save_scores(found: list[Verdict], nb: NotebookNode, gradebook: Gradebook, ids: dict[str, str]) -> None:
    """Write the automatic scores. A score given by hand stands, as in nbgrader, and is marked for another look."""
    where = (ids["notebook"], ids["assignment"], ids["student"])
    for verdict in found:
        grade = gradebook.find_grade(verdict.cell, *where)
        review = verdict.reason is Reason.NEEDS_REVIEW
        grade.auto_score = None if review else verdict.score
        grade.needs_manual_grade = review or grade.manual_score is not None
    for cell in nb.cells:
        if is_solution(cell):
            comment = gradebook.find_comment(cell.metadata.nbgrader.grade_id, *where)
            comment.auto_comment = None
    gradebook.db.commit()
