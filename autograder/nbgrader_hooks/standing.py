"""The scores of an earlier grading, while a submission is graded again: they stand, and they are marked.

nbgrader sets the scores of a notebook that was handed in under another name to zero before it grades it, and after a
failure it leaves what it finds as if nothing had happened. A mark ("needs manual grade") says that there is something
to look at; recording the new verdicts takes it away.
"""

from __future__ import annotations

from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.converters import Autograde

Scores = dict[str, float | None]


def earlier_scores(converter: Autograde) -> dict[str, Scores]:
    """By student, the automatic scores (by the grade's id) of what a conversion is about to grade again.

    A verdict that needs a review is a mark without a score; what was never graded has neither.
    """
    course = converter.coursedir
    with Gradebook(course.db_url) as gradebook:
        found: dict[str, Scores] = {}
        for folder in converter.assignments:
            student = Path(folder).parent.name
            try:
                submission = gradebook.find_submission(course.assignment_id, student)
            except MissingEntry:
                continue
            found[student] = {
                grade.id: grade.auto_score
                for grade in grades(submission)
                if grade.auto_score is not None or grade.needs_manual_grade
            }
    return found


def keep(db_url: str, assignment: str, student: str, earlier: Scores) -> None:
    """These scores stand, and are marked, until others are recorded."""
    if not earlier:
        return
    with Gradebook(db_url) as gradebook:
        for grade in grades(gradebook.find_submission(assignment, student)):
            if grade.id in earlier:
                grade.auto_score = earlier[grade.id]
                grade.needs_manual_grade = True
        gradebook.db.commit()


def grades(submission: SubmittedAssignment) -> list:  # type: ignore[type-arg]  # nbgrader's grades have no types
    return [grade for notebook in submission.notebooks for grade in notebook.grades]


def passed_over(converter: Autograde) -> list[str]:
    """Folders that were handed in and hold no notebook that nbgrader sees: it goes past them."""
    course = converter.coursedir
    pattern = Path(course.format_path(course.submitted_directory, course.student_id, course.assignment_id))
    place = Path(course.format_path(course.submitted_directory, ".", "."))
    folders = place.glob(str(pattern.relative_to(place)))
    return sorted(str(folder) for folder in folders if folder.is_dir() and str(folder) not in converter.assignments)
