"""The assignment that a submission answers, as nbgrader's course and gradebook have it."""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from autograder.errors import CourseError
from autograder.notebooks.assignment import Assignment, require_released
from autograder.notebooks.handout import Handout, cells_by_id, read_handout


def handout_path(course: CourseDirectory, assignment: str, notebook: str) -> Path:
    """Where the released version of a notebook lies in this course."""
    return Path(course.format_path(course.release_directory, ".", assignment)) / f"{notebook}.ipynb"


def registered_assignment(course: CourseDirectory, ids: dict[str, str]) -> Assignment:
    """The assignment as nbgrader's gradebook has it. Raises CourseError unless it is the one that was released."""
    handout = read_handout(handout_path(course, ids["assignment"], ids["notebook"]))
    with Gradebook(ids["db_url"]) as gradebook:
        notebook = gradebook.find_notebook(ids["notebook"], ids["assignment"])
        cells = notebook.source_cells
        found = Assignment(handout, {c.name: c.source for c in cells}, {c.name: c.checksum for c in cells})
        points = {cell.name: float(cell.max_score) for cell in notebook.grade_cells}
    handout.require_registered(found.sources)
    require_points(handout, points)
    require_released(found, ids["assignment"])
    return found


def require_points(handout: Handout, registered: dict[str, float]) -> None:
    """Raise CourseError unless the gradebook has the release's points."""
    released = {name: float(handout.cells[name].metadata.nbgrader.points) for name in handout.graded}
    if differing := sorted(name for name in released if registered.get(name) != released[name]):
        raise CourseError(
            f"{handout.path.name}: the gradebook and the release differ in the points of {', '.join(differing)}. "
            "Regenerate the release (make release), then grade again."
        )


def repaired_assignment(course: CourseDirectory, ids: dict[str, str], notebook: NotebookNode) -> Assignment:
    """The assignment, from a notebook whose locked cells `repair` took from the gradebook a moment ago."""
    handout = read_handout(handout_path(course, ids["assignment"], ids["notebook"]))
    found = Assignment(handout, {name: cell.source for name, cell in cells_by_id(notebook).items()}, {})
    require_released(found, ids["assignment"])
    return found
