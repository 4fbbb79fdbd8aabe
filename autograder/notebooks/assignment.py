"""An assignment as the grader needs it: the release, the full tests, and what its metadata asks for."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.errors import CourseError
from autograder.notebooks import manifest
from autograder.notebooks.handout import Handout, read_handout
from autograder.notebooks.source import flag
from autograder.rules.limits import Limits, limits_from
from autograder.rules.locked_cells import own_statements
from autograder.rules.scopes import module_names, parse_or_empty


@dataclass(frozen=True)
class Assignment:
    """sources: the full text of every released cell, by grade_id, hidden tests included.  checksums: nbgrader's."""

    handout: Handout
    sources: dict[str, str]
    checksums: dict[str, str]

    @property
    def limits(self) -> Limits:
        return limits_from(self.handout.setting("limits", {}))

    @property
    def packages(self) -> tuple[str, ...]:
        """Packages of this project that the worker may import: read-only copies of them."""
        return tuple(self.handout.setting("packages", ()))

    def locked(self) -> Iterator[tuple[str, NotebookNode]]:
        """The locked code cells that carry no points: set-up and helpers."""
        for name, cell in self.handout.cells.items():
            if cell.cell_type == "code" and flag(cell, "locked") and not flag(cell, "grade"):
                yield name, cell

    @cached_property
    def named(self) -> dict[str, list[str]]:
        """What the task names: the answers' names, the classes, the methods of the classes; and the judge's own names.

        A class that stands in no released cell, or a method that tensors have too and that no released class defines,
        is named by the metadata of the set-up cell (course.objects, course.methods).
        """
        stubs = [self.handout.cells[name].source for name in self.handout.answers]
        helpers = [self.sources[name] for name, _ in self.locked()]
        trees = [parse_or_empty(source) for source in [*stubs, *helpers]]
        classes = [part for tree in trees for part in tree.body if isinstance(part, ast.ClassDef)]
        members = [part.name for each in classes for part in ast.walk(each) if isinstance(part, ast.FunctionDef)]
        students = sorted({name for stub in stubs for name in module_names(parse_or_empty(stub).body)})
        return {
            "students": students,
            "classes": sorted({each.name for each in classes} | set(self.handout.setting("objects", ()))),
            "members": sorted({*members, *self.handout.setting("methods", ())}),
            "own": own_statements(helpers, students),
        }

    def rules(self, graded: str) -> dict[str, Any]:
        """What the judge is told beside a test's text."""
        return {**self.named, "may_change": self.handout.may_change(graded)}


def require_released(assignment: Assignment, name: str) -> None:
    """Raise CourseError unless the tests are, byte for byte, those that the release's manifest lists."""
    path = assignment.handout.path.parent.parent / manifest.NAME
    entries = json.loads(path.read_text(encoding="utf-8"))["assignments"] if path.is_file() else {}
    listed = entries.get(name, {}).get("tests", {})
    for graded in assignment.handout.graded:
        if listed.get(graded) != manifest.sha256(assignment.sources[graded]):
            raise CourseError(
                f"{name}: the test {graded!r} in the gradebook is not the one that {path.name} of the release lists. "
                "Regenerate the release (make release), then grade again."
            )


def visible_assignment(released: Path) -> Assignment:
    """The assignment as a student has it: the visible part of each test, under the same limits."""
    handout = read_handout(released)
    return Assignment(handout, {name: cell.source for name, cell in handout.cells.items()}, checksums_of(handout))


def checksums_of(handout: Handout) -> dict[str, str]:
    return {name: cell.metadata.nbgrader.get("checksum", "") for name, cell in handout.cells.items()}
