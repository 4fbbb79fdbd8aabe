"""A student's own check of a notebook, before it is handed in."""

from __future__ import annotations

from pathlib import Path

from autograder.course.lifecycle import course_root
from autograder.grading.submission import grade_file
from autograder.grading.verdict import Reason
from autograder.notebooks.assignment import visible_assignment
from autograder.processes.engine import Engine


def self_check(notebook: Path) -> bool:
    """A student's own check: the grader's isolation and limits, and the tests that the student can see."""
    root = course_root()
    assignment = visible_assignment(root / "exercises" / notebook.stem / f"{notebook.stem}.ipynb")
    print(assignment.limits.sentence())
    with Engine(root) as engine:
        grading = grade_file(assignment, notebook, engine)
    for sentence in grading.repairs:
        print(sentence)
    for verdict in grading.verdicts:
        print(f"{verdict.cell}: {verdict.reason}{': ' * bool(verdict.message)}{verdict.message}")
    print("The grader adds tests on other numbers and shapes.")
    return all(verdict.reason is Reason.CORRECT for verdict in grading.verdicts)
