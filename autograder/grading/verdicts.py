"""From outcomes to verdicts: the rules that need no run come first, then what came of the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nbformat import NotebookNode

from autograder.grading.verdict import Evidence, Outcome, Reason, Verdict, failed
from autograder.isolation.bounded import OutOfBounds, bounded
from autograder.notebooks.handout import Handout, cells_by_id
from autograder.notebooks.manifest import sha256
from autograder.notebooks.submission import notes
from autograder.rules.forbidden import forbidden_calls


def verdicts(
    notebook: NotebookNode, handout: Handout, outcomes: Mapping[str, Outcome], evidence: Evidence
) -> list[Verdict]:
    """A verdict for each graded cell of the release, in order. `notebook` was repaired, then run."""
    cells = cells_by_id(notebook)
    used = forbidden_names(notebook, handout)
    found: list[Verdict] = []
    for name in handout.graded:
        each = verdict(name, notebook, cells, handout, outcomes.get(name), used.get(name, []))
        found.append(replace(each, test=sha256(cells[name].source), evidence=evidence))
    return found


def verdict(
    name: str,
    notebook: NotebookNode,
    cells: dict[str, NotebookNode],
    handout: Handout,
    outcome: Outcome | None,
    used: list[str] | str,
) -> Verdict:
    """One graded cell's verdict. used: the forbidden names that its answer reaches, or why nobody can tell."""
    points = float(handout.cells[name].metadata.nbgrader.points)
    if unreadable := notes(notebook).unreadable:
        return failed(name, points, Reason.UNREADABLE, unreadable)
    answers = handout.answers_to(name)
    if all(cells[answer].source == handout.cells[answer].source for answer in answers):
        return failed(name, points, Reason.NOT_ATTEMPTED, "The answer cell still holds what it was handed out with.")
    if handout.by_hand(name):
        return failed(name, points, Reason.NEEDS_REVIEW, "This answer is graded by hand.")
    if isinstance(used, str):
        message = f"The grader could not look through your code for what the task forbids: {used}."
        return failed(name, points, Reason.NEEDS_REVIEW, message)
    if used:
        return failed(name, points, Reason.FORBIDDEN, f"The task asks you to do without: {', '.join(used)}.")
    if outcome is None:  # passing must be proven: a test of which nothing is known did not pass
        return failed(name, points, Reason.CRASHED, notes(notebook).crash or "The test could not be run.")
    if outcome.reason is Reason.CORRECT:
        return Verdict(name, points, points, Reason.CORRECT, seconds=outcome.seconds)
    stopped = [output for answer in answers for output in cells[answer].outputs if output.output_type == "error"]
    if stopped and outcome.reason in (Reason.CRASHED, Reason.WRONG):
        # Then nothing is defined, and the test's NameError would mislead.
        message = f"The answer cell itself stopped with {stopped[0].ename}: {stopped[0].evalue}"
        return failed(name, points, Reason.CRASHED, message, outcome.seconds)
    return failed(name, points, outcome.reason, outcome.message, outcome.seconds)


def forbidden_names(notebook: NotebookNode, handout: Handout) -> dict[str, list[str] | str]:
    """For each graded cell whose task forbids something: the forbidden names that its answer reaches, or why not known.

    It is found in a process with limits: what syntax trees cost is the student's choice.
    """
    watched = [name for name in handout.graded if any(map(handout.forbidden, handout.answers_to(name)))]
    if not watched or notes(notebook).unreadable:
        return {}
    try:
        found: dict[str, list[str] | str] = bounded(
            lambda: {name: reached(handout.answers_to(name), notebook, handout) for name in watched}
        )
        return found
    except OutOfBounds as error:
        return dict.fromkeys(watched, str(error))


def reached(answers: list[str], notebook: NotebookNode, handout: Handout) -> list[str]:
    """The forbidden names that the answers reach, through any cell that the student may write in."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and written_by_student(cell)]
    broken = {cell.source for cell in code if any(output.output_type == "error" for output in cell.outputs)}
    found: set[str] = set()
    for answer in answers:
        others = [cell.source for cell in code if cell.metadata.get("nbgrader", {}).get("grade_id") != answer]
        source = next(c.source for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == answer)
        found.update(forbidden_calls(source, others, handout.forbidden(answer), broken))
    return sorted(found)


def written_by_student(cell: NotebookNode) -> bool:
    """True for answer cells and for cells that are not the release's; false for locked ones."""
    nbgrader = cell.metadata.get("nbgrader")
    return nbgrader is None or bool(nbgrader.solution)
