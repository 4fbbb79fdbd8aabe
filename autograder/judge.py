"""From an executed notebook to verdicts: pure functions over what nbgrader's executor left in the cells."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.forbidden import forbidden_calls
from autograder.reader import notes
from autograder.released import Release, cells_by_id
from autograder.verdict import Reason, Verdict, failed


def verdicts(notebook: NotebookNode, release: Release) -> list[Verdict]:
    """A verdict for each graded cell of the release, in order. `notebook` was repaired, then executed."""
    cells = cells_by_id(notebook)
    return [verdict(name, notebook, cells, release) for name in release.graded]


def verdict(name: str, notebook: NotebookNode, cells: dict[str, NotebookNode], release: Release) -> Verdict:
    points = float(release.cells[name].metadata.nbgrader.points)
    if unreadable := notes(notebook).unreadable:
        return failed(name, points, Reason.UNREADABLE, unreadable)
    answers = release.answers_to(name)
    if all(cells[answer].source == release.cells[answer].source for answer in answers):
        return failed(name, points, Reason.NOT_ATTEMPTED, "The answer cell still holds what it was handed out with.")
    if used := forbidden_names(answers, notebook, release):
        return failed(name, points, Reason.FORBIDDEN, f"The task asks you to do without: {', '.join(used)}.")
    cell = cells[name]
    if "reply" not in cell.metadata:  # passing must be proven: the kernel said that it ran the test to its end
        message = notes(notebook).crash or "The test could not be run."
        return failed(name, points, Reason.CRASHED, message)
    # A passed test is one that ran and raised nothing. What it printed, on either stream, is no part of the score.
    errors = [output for output in cell.outputs if output.output_type == "error"]
    if errors:
        stopped = [e for answer in answers for e in cells[answer].outputs if e.output_type == "error"]
        return from_error(name, points, errors[0], stopped)
    if cell.metadata.reply != "ok":
        return failed(name, points, Reason.CRASHED, "The test did not run to its end.")
    return Verdict(name, points, points, Reason.CORRECT)


def forbidden_names(answers: list[str], notebook: NotebookNode, release: Release) -> list[str]:
    """The forbidden names that the answers reach, through any cell that the student may write in."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and written_by_student(cell)]
    found: set[str] = set()
    for answer in answers:
        others = [cell.source for cell in code if cell.metadata.get("nbgrader", {}).get("grade_id") != answer]
        source = next(c.source for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == answer)
        found.update(forbidden_calls(source, others, release.forbidden(answer)))
    return sorted(found)


def written_by_student(cell: NotebookNode) -> bool:
    """True for answer cells and for cells that are not the release's; false for locked ones."""
    nbgrader = cell.metadata.get("nbgrader")
    return nbgrader is None or bool(nbgrader.solution)


def from_error(name: str, points: float, error: NotebookNode, stopped: list[NotebookNode]) -> Verdict:
    """A test that raised: an assert's message is the diagnosis; anything else came out of the student's code.

    stopped: errors of the answer cell itself. Then nothing is defined, and the test's NameError would mislead.
    """
    if stopped:
        message = f"The answer cell itself stopped with {stopped[0].ename}: {stopped[0].evalue}"
        return failed(name, points, Reason.CRASHED, message)
    if error.ename == "AssertionError":
        return failed(name, points, Reason.WRONG, error.evalue or "A check failed.")
    if error.ename == "CellTimeoutError":
        return failed(name, points, Reason.TIMED_OUT, "Your code did not finish in time: is there an endless loop?")
    return failed(name, points, Reason.CRASHED, f"Your code raised {error.ename}: {error.evalue}")
