"""From outcomes to verdicts: the rules that need no run come first, then what came of the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from itertools import takewhile

from nbformat import NotebookNode

from autograder.grading.verdict import Evidence, Outcome, Reason, Verdict, failed
from autograder.isolation.bounded import OutOfBounds, bounded
from autograder.notebooks.handout import Handout, cells_by_id
from autograder.notebooks.manifest import sha256
from autograder.notebooks.submission import notes
from autograder.rules.forbidden import Found, forbidden_calls
from autograder.rules.scopes import module_names, parse_or_empty


def verdicts(
    notebook: NotebookNode, handout: Handout, outcomes: Mapping[str, Outcome], evidence: Evidence
) -> list[Verdict]:
    """A verdict for each graded cell of the release, in order. `notebook` was repaired, then run."""
    cells = cells_by_id(notebook)
    used = forbidden_names(notebook, handout)
    found: list[Verdict] = []
    for name in handout.graded:
        each = verdict(name, notebook, cells, handout, outcomes.get(name), used.get(name, Found()))
        found.append(replace(each, test=sha256(cells[name].source), evidence=evidence))
    return found


def verdict(
    name: str,
    notebook: NotebookNode,
    cells: dict[str, NotebookNode],
    handout: Handout,
    outcome: Outcome | None,
    found: Found | str,
) -> Verdict:
    """One graded cell's verdict. found: the forbidden names that its answer reaches, or why nobody can tell."""
    points = float(handout.cells[name].metadata.nbgrader.points)
    if unreadable := notes(notebook).unreadable:
        return failed(name, points, Reason.UNREADABLE, unreadable)
    answers = handout.answers_to(name)
    if all(cells[answer].source == handout.cells[answer].source for answer in answers):
        return failed(name, points, Reason.NOT_ATTEMPTED, "The answer cell still holds what it was handed out with.")
    if handout.by_hand(name):
        return failed(name, points, Reason.NEEDS_REVIEW, "This answer is graded by hand.")
    if isinstance(found, str):
        message = f"The grader could not look through your code for what the task forbids: {found}."
        return failed(name, points, Reason.NEEDS_REVIEW, message)
    if found.used:
        return failed(name, points, Reason.FORBIDDEN, f"The task asks you to do without: {', '.join(found.used)}.")
    if outcome is None:  # passing must be proven: a test of which nothing is known did not pass
        return failed(name, points, Reason.CRASHED, notes(notebook).crash or "The test could not be run.")
    if outcome.reason is Reason.CORRECT and (doubtful := sorted({*found.unclear, *outcome.noted})):
        message = (
            f"The task asks you to do without {', '.join(doubtful)}, and your code may lead to it by a way that the "
            "grader cannot follow: a person has to look."
        )
        return failed(name, points, Reason.NEEDS_REVIEW, message, outcome.seconds)
    if outcome.reason is Reason.CORRECT:
        return Verdict(name, points, points, Reason.CORRECT, seconds=outcome.seconds)
    stopped = [output for answer in answers for output in cells[answer].outputs if output.output_type == "error"]
    if stopped and outcome.reason in (Reason.CRASHED, Reason.WRONG):
        # Then nothing is defined, and the test's NameError would mislead.
        message = f"The answer cell itself stopped with {stopped[0].ename}: {stopped[0].evalue}"
        return failed(name, points, Reason.CRASHED, message, outcome.seconds)
    return failed(name, points, outcome.reason, outcome.message, outcome.seconds)


def forbidden_names(notebook: NotebookNode, handout: Handout) -> dict[str, Found | str]:
    """For each graded cell whose task forbids something: the forbidden names that its answer reaches, or why not known.

    It is found in a process with limits: what syntax trees cost is the student's choice.
    """
    watched = [name for name in handout.graded if handout.forbidden_in(name)]
    if not watched or notes(notebook).unreadable:
        return {}
    try:
        found = bounded(lambda: {name: asdict(reached(name, notebook, handout)) for name in watched})
        return {name: Found(**entry) for name, entry in found.items()}
    except OutOfBounds as error:
        return dict.fromkeys(watched, str(error))


def reached(graded: str, notebook: NotebookNode, handout: Handout) -> Found:
    """What the answers to a graded cell reach, through any code cell before it: the student's own, and given ones."""
    before = [cell for cell in before_test(notebook, graded) if cell.cell_type == "code" and may_be_called(cell)]
    broken = {cell.source for cell in before if any(output.output_type == "error" for output in cell.outputs)}
    given = [cell.source for cell in before if not written_by_student(cell)]
    used: set[str] = set()
    unclear: set[str] = set()
    for answer in handout.answers_to(graded):
        place = next(i for i, cell in enumerate(before) if grade_id(cell) == answer)
        others, later = (
            [cell.source for cell in part if written_by_student(cell)] for part in (before[:place], before[place + 1 :])
        )
        asked = module_names(parse_or_empty(handout.cells[answer].source).body)
        forbidden = handout.forbidden(answer)
        found = forbidden_calls(before[place].source, others, forbidden, broken, after=later, asked=asked, given=given)
        used.update(found.used)
        unclear.update(found.unclear)
    return Found(sorted(used), sorted(unclear - used))


def before_test(notebook: NotebookNode, graded: str) -> Iterator[NotebookNode]:
    return takewhile(lambda cell: grade_id(cell) != graded, notebook.cells)


def grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def may_be_called(cell: NotebookNode) -> bool:
    """False for tests, which run in the judge."""
    nbgrader = cell.metadata.get("nbgrader")
    return nbgrader is None or not nbgrader.get("grade") or bool(nbgrader.get("solution"))


def written_by_student(cell: NotebookNode) -> bool:
    """True for answer cells and for cells that are not the release's; false for locked ones."""
    nbgrader = cell.metadata.get("nbgrader")
    return nbgrader is None or bool(nbgrader.solution)
