"""The test cells of a source notebook, held against what a test cell may do."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from autograder.errors import CourseError
from autograder.notebooks.source import Source, flag, name_of, without_markers
from autograder.rules.scopes import module_names, parse
from autograder.rules.test_cells import faults, hidden_faults


def source_faults(source: Source) -> list[str]:
    """The faults of every graded cell of a source notebook, each with the cell's name."""
    students: set[str] = set()
    classes: set[str] = set()
    given: set[str] = set()
    found: list[str] = []
    for cell in source.code:
        if flag(cell, "solution"):
            tree = parse(without_markers(cell.source))
            students |= module_names(tree.body)
            classes |= {statement.name for statement in tree.body if isinstance(statement, ast.ClassDef)}
        elif flag(cell, "grade"):
            lines = [*hidden_faults(cell.source), *faults(without_markers(cell.source), students, classes, given)]
            found += [f"{name_of(cell)}: {line}" for line in lines]
        elif flag(cell, "locked"):
            given |= module_names(parse(cell.source).body)
    return found


def require(sources: Iterable[Source]) -> None:
    """Raise CourseError naming every fault of these sources."""
    if found := [f"{source.assignment}: {fault}" for source in sources for fault in source_faults(source)]:
        raise CourseError(
            "Test cells do what a test cell may not (autograder/rules/test_cells.py):\n" + "\n".join(found)
        )
