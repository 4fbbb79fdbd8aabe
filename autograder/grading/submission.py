"""Grading one submission: read, repair, run, judge. Nothing here knows a gradebook; nbgrader's classes call it."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from nbformat import NotebookNode

from autograder.grading.outputs import error_output
from autograder.grading.reading import read_bounded
from autograder.grading.session import Session
from autograder.grading.verdict import Evidence, Outcome, Reason, Verdict, printable
from autograder.grading.verdicts import verdicts
from autograder.isolation.visible_files import environment_hash
from autograder.notebooks.assignment import Assignment
from autograder.notebooks.repair import repair
from autograder.notebooks.source import flag, name_of
from autograder.notebooks.submission import notes
from autograder.processes.engine import Engine


@dataclass(frozen=True)
class Grading:
    """What grading one file gave. unreadable: why the file is no notebook, or empty."""

    verdicts: list[Verdict]
    repairs: list[str]
    unreadable: str
    notebook: NotebookNode

    @property
    def score(self) -> float:
        return sum(verdict.score for verdict in self.verdicts)


def grade_file(assignment: Assignment, path: Path, engine: Engine, seed: int | None = None) -> Grading:
    """Grade the file at `path`; whatever it holds, there is a verdict for each graded cell.

    seed: what the tests draw from; a fresh one by default.
    """
    notebook = read_bounded(path, assignment.handout.notebook)
    notebook, done = repair(notebook, assignment.handout, assignment.sources, assignment.checksums)
    noted = notes(notebook)
    noted.repairs.extend(done)
    outcomes, evidence = run_cells(notebook, assignment, engine, fresh_seed() if seed is None else seed)
    found = verdicts(notebook, assignment.handout, outcomes, evidence)
    return Grading(found, list(noted.repairs), noted.unreadable, notebook)


def fresh_seed() -> int:
    """What the tests draw from. A generator of torch's takes the lower 32 bits; the others keep it from being found."""
    return secrets.randbelow(1 << 63)


def run_cells(
    notebook: NotebookNode, assignment: Assignment, engine: Engine, seed: int
) -> tuple[dict[str, Outcome], Evidence]:
    """Run a repaired notebook in its order: cells in a worker, tests in a judge. Outputs go to the cells."""
    noted = notes(notebook)
    evidence = Evidence("", seed, noted.submission, environment_hash())
    outcomes: dict[str, Outcome] = {}
    if noted.unreadable:
        return outcomes, evidence
    with Session(engine, assignment.limits, assignment.packages, seed) as session:
        number = 0
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            cell.outputs = []
            if not cell.source.strip():
                continue
            number += 1
            cell.execution_count = number
            name = name_of(cell)
            if flag(cell, "grade") and not flag(cell, "solution"):
                watched = assignment.handout.forbidden_in(name)
                outcomes[name] = session.test(name, assignment.sources[name], watched, **assignment.rules(name))
                cell.outputs = shown(outcomes[name])
            else:
                cell.outputs = session.cell(cell.source, f"the cell {name!r}" if name else f"cell {number}")
        evidence = Evidence(**{**asdict(evidence), "tier": session.tier})
    return outcomes, evidence


def shown(outcome: Outcome) -> list[NotebookNode]:
    """A test cell's outputs, as nbgrader would have them: an error where it did not pass."""
    if outcome.reason is Reason.CORRECT:
        return []
    return [error_output(str(outcome.reason), printable(outcome.message))]
