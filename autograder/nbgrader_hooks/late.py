"""Lateness: what a penalty depends on, and the penalty itself, by the plugin that AssignLatePenalties is set to."""

from __future__ import annotations

from typing import Any

from nbgrader.api import Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties


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
