"""An assignment as the grader needs it: the release, the full tests, and what its metadata asks for."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from autograder import contract, manifest
from autograder.errors import CourseError
from autograder.judging.judge import own_statements
from autograder.released import Release, cells_by_id, read_release, released_path
from autograder.sandbox.limits import Limits, limits_from
from autograder.source import Source, flag, name_of, read_source


@dataclass(frozen=True)
class Assignment:
    """sources: the full text of every released cell, by grade_id, hidden tests included.  checksums: nbgrader's."""

    release: Release
    sources: dict[str, str]
    checksums: dict[str, str]

    @property
    def limits(self) -> Limits:
        return limits_from(self.release.setting("limits", {}))

    @property
    def packages(self) -> tuple[str, ...]:
        """Packages of this project that the worker may import: read-only copies of them."""
        return tuple(self.release.setting("packages", ()))

    def locked(self) -> Iterator[tuple[str, NotebookNode]]:
        """The locked code cells that carry no points: set-up and helpers."""
        for name, cell in self.release.cells.items():
            if cell.cell_type == "code" and flag(cell, "locked") and not flag(cell, "grade"):
                yield name, cell

    @cached_property
    def named(self) -> dict[str, list[str]]:
        """What the task names: the answers' names, the classes, the methods of the classes; and the judge's own names.

        A class that stands in no released cell, or a method that tensors have too and that no released class defines,
        is named by the metadata of the set-up cell (course.objects, course.methods).
        """
        stubs = [self.release.cells[name].source for name in self.release.answers]
        helpers = [self.sources[name] for name, _ in self.locked()]
        trees = [parsed(source) for source in [*stubs, *helpers]]
        classes = [part for tree in trees for part in tree.body if isinstance(part, ast.ClassDef)]
        members = [part.name for each in classes for part in ast.walk(each) if isinstance(part, ast.FunctionDef)]
        return {
            "students": sorted({name for stub in stubs for name in contract.top_names(parsed(stub))}),
            "classes": sorted({each.name for each in classes} | set(self.release.setting("objects", ()))),
            "members": sorted({*members, *self.release.setting("methods", ())}),
            "own": own_statements(helpers),
        }

    def rules(self, graded: str) -> dict[str, Any]:
        """What the judge is told beside a test's text."""
        return {**self.named, "may_change": self.release.may_change(graded)}


@lru_cache(maxsize=512)  # the same release, for one student after another
def parsed(source: str) -> ast.Module:
    try:
        return contract.parse(source)
    except SyntaxError:
        return ast.Module([], [])


def registered_assignment(course: CourseDirectory, ids: dict[str, str]) -> Assignment:
    """The assignment as nbgrader's gradebook has it. Raises CourseError unless it is the one that was released."""
    release = read_release(released_path(course, ids["assignment"], ids["notebook"]))
    with Gradebook(ids["db_url"]) as gradebook:
        cells = gradebook.find_notebook(ids["notebook"], ids["assignment"]).source_cells
        found = Assignment(release, {c.name: c.source for c in cells}, {c.name: c.checksum for c in cells})
    release.require_registered(found.sources)
    require_released(found, ids["assignment"])
    return found


def repaired_assignment(course: CourseDirectory, ids: dict[str, str], notebook: NotebookNode) -> Assignment:
    """The assignment, from a notebook whose locked cells `repair` took from the gradebook a moment ago."""
    release = read_release(released_path(course, ids["assignment"], ids["notebook"]))
    found = Assignment(release, {name: cell.source for name, cell in cells_by_id(notebook).items()}, {})
    require_released(found, ids["assignment"])
    return found


def require_released(assignment: Assignment, name: str) -> None:
    """Raise CourseError unless the tests are, byte for byte, those that the release's manifest lists."""
    path = assignment.release.path.parent.parent / manifest.NAME
    entries = json.loads(path.read_text(encoding="utf-8"))["assignments"] if path.is_file() else {}
    listed = entries.get(name, {}).get("tests", {})
    for graded in assignment.release.graded:
        if listed.get(graded) != manifest.sha256(assignment.sources[graded]):
            raise CourseError(
                f"{name}: the test {graded!r} in the gradebook is not the one that {path.name} of the release lists. "
                "Regenerate the release (make release), then grade again."
            )


def self_check(released: Path) -> Assignment:
    """The assignment as a student has it: the visible part of each test, under the same limits."""
    release = read_release(released)
    return Assignment(release, {name: cell.source for name, cell in release.cells.items()}, checksums_of(release))


def checksums_of(release: Release) -> dict[str, str]:
    return {name: cell.metadata.nbgrader.get("checksum", "") for name, cell in release.cells.items()}


def assignment_of(source: Path | Source, released: Path) -> Assignment:
    """The assignment from its source notebook and its release, without a gradebook."""
    source = source if isinstance(source, Source) else read_source(source)
    release = read_release(released)
    full = {name_of(cell): cell.source for cell in source.notebook.cells if name_of(cell)}
    sources = {n: full[n] if flag(cell, "locked") else cell.source for n, cell in release.cells.items()}
    return Assignment(release, sources, checksums_of(release))
