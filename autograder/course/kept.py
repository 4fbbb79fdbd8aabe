"""What keeps its verdicts: a submission of which nothing has changed that its score rests on.

Three places hold a grading: the history (with what it rests on), the gradebook and the graded notebook. Only where all
three agree with each other and with what was handed in does a grading stand; whatever was interrupted is graded again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties

from autograder.errors import UnreadableSubmission
from autograder.grading.verdict import Reason
from autograder.nbgrader_hooks.basis import basis, differences, digest
from autograder.nbgrader_hooks.handed_in import read_timestamp
from autograder.nbgrader_hooks.history import History, appended
from autograder.nbgrader_hooks.late import set_penalty
from autograder.nbgrader_hooks.record import now
from autograder.notebooks.submission import NOTES, file_hash, find_submitted, submitted_notebooks

UNGRADED = "it was not graded yet"
NO_NOTEBOOK = "The folder that was handed in holds no notebook."


def submitted_hash(path: Path) -> str:
    """The hash of what is to be graded for the expected `path`, or of why there is nothing. Empty: grade it anew."""
    if not submitted_notebooks(path.parent):
        return digest(NO_NOTEBOOK)
    try:
        return file_hash(find_submitted(path)[0])
    except UnreadableSubmission as error:
        return digest(str(error))


def changes(
    history: History, release: Mapping[str, str], submitted: Path, isolation: str, graded: Path, gradebook: Gradebook
) -> list[str]:
    """Why a submission has to be graded: what changed, or what does not agree. Empty when its verdicts stand.

    submitted, graded: where its notebook lies as it was handed in, and as it was graded.
    """
    latest = history.latest
    if latest is None:
        return ["its history is damaged"] if history.damaged else [UNGRADED]
    found = list(differences(latest.get("basis"), basis(release, submitted_hash(submitted), isolation)))
    if not same_scores(latest, gradebook, submitted):
        found.append("its scores in the gradebook")
    if graded_id(graded) != latest.get("id"):
        found.append("its graded notebook")
    return found


def same_scores(latest: Mapping[str, Any], gradebook: Gradebook, submitted: Path) -> bool:
    """True when the gradebook's automatic scores are, cell by cell, those of the verdicts."""
    try:
        notebook = submitted_notebook(gradebook, submitted)
    except MissingEntry:
        return False
    review = {v["cell"]: v["reason"] == Reason.NEEDS_REVIEW for v in latest["verdicts"]}
    expected = {v["cell"]: None if review[v["cell"]] else v["score"] for v in latest["verdicts"]}
    if {grade.name: grade.auto_score for grade in notebook.grades} != expected:
        return False
    # A failed grading marks what it leaves standing (`Course.left_standing`).
    return all(
        grade.manual_score is not None or not grade.needs_manual_grade or review[grade.name]
        for grade in notebook.grades
    )


def submitted_notebook(gradebook: Gradebook, submitted: Path) -> SubmittedNotebook:
    """The gradebook's entry for submitted/STUDENT/ASSIGNMENT/NOTEBOOK.ipynb."""
    return gradebook.find_submission_notebook(submitted.stem, submitted.parent.name, submitted.parent.parent.name)


def graded_id(path: Path) -> str | None:
    """Which grading a graded notebook is of; empty where there is no such file, None where it is damaged."""
    try:
        return str(json.loads(path.read_bytes())["metadata"][NOTES]["grading"])
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def follow_lateness(
    gradebook: Gradebook, submitted: Path, history: History, file: Path, assigner: AssignLatePenalties
) -> list[str]:
    """Bring the penalty of a grading that stands up to date, without running anything; what of it changed.

    nbgrader notes the timestamp when it grades, so it is noted here, too.
    """
    notebook, latest = submitted_notebook(gradebook, submitted), dict(history.latest or {})
    timestamp, _ = read_timestamp(submitted.parent)
    if timestamp is not None and notebook.assignment.timestamp != timestamp:
        notebook.assignment.timestamp = timestamp
        gradebook.db.flush()
    before = notebook.late_submission_penalty or 0.0
    late = set_penalty(gradebook, notebook, assigner)
    if before == late["penalty"] and {name: latest.get(name) for name in late} == late:
        gradebook.db.rollback()
        return []
    changed = [name for name, value in late["late"].items() if (latest.get("late") or {}).get(name) != value]
    gradebook.db.flush()
    with appended(file, {**latest, **late, "followed": now()}):
        gradebook.db.commit()
    if before == late["penalty"]:
        return []
    return [f"the penalty changed from {before:g} to {late['penalty']:g} ({', '.join(changed) or 'another score'})"]
