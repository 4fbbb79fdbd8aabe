"""Lateness: what a penalty depends on, and the penalty itself, by the plugin that AssignLatePenalties is set to."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc

from autograder.errors import UnreadableSubmission
from autograder.notebooks.submission import read_plain_file

LONGEST = 200  # bytes of a timestamp


def ready(assigner: AssignLatePenalties) -> AssignLatePenalties:
    """The preprocessor with its plugin: the late policy of the course."""
    assigner.init_plugin()
    return assigner


def set_penalty(gradebook: Gradebook, notebook: SubmittedNotebook, assigner: AssignLatePenalties) -> dict[str, Any]:
    """Set the penalty of a notebook whose scores are flushed; what the history keeps of it. The caller commits."""
    gradebook.db.expire(notebook)  # its score is a sum that the database makes
    submission = notebook.assignment
    found = penalty(submission, notebook.score, assigner)
    if notebook.late_submission_penalty != found:
        notebook.late_submission_penalty = found
    return {"late": late_facts(submission, assigner), "penalty": found or 0.0}


def penalty(submission: SubmittedAssignment, score: float, assigner: AssignLatePenalties) -> float | None:
    """Between 0 and the score, or None where none is due."""
    if submission.assignment.duedate is None or submission.total_seconds_late <= 0:
        return None
    student, late = submission.student.id, submission.total_seconds_late
    found = assigner.plugin_inst.late_submission_penalty(student, score, late)
    return None if found is None else min(max(0.0, float(found)), max(0.0, score))


def late_facts(submission: SubmittedAssignment, assigner: AssignLatePenalties) -> dict[str, str]:
    """What the penalty depends on beside the score, by name."""
    settings = assigner.plugin_inst.trait_values(config=True)
    kind = type(assigner.plugin_inst)
    due, extension, timestamp = submission.assignment.duedate, submission.extension, submission.timestamp
    return {
        "due date": due.isoformat() if due else "",
        "extension": str(extension) if extension else "",
        "timestamp": timestamp.isoformat() if timestamp else "",
        "late policy": f"{kind.__module__}.{kind.__qualname__} {sorted(settings.items())}",
    }


def submitted_timestamp(folder: Path) -> datetime | None:
    """When it was handed in, as `timestamp.txt` in its folder says. Raises UnreadableSubmission for nonsense."""
    path = folder / "timestamp.txt"
    if not os.path.lexists(path):
        return None
    text = read_plain_file(path)[: LONGEST + 1].decode("utf-8", "replace").strip()
    try:
        return parse_utc(text) if text else None
    except (ValueError, OverflowError, TypeError):
        raise UnreadableSubmission(f"timestamp.txt holds {text[:40]!r}, which is no date and time.") from None
