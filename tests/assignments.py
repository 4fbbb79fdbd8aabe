"""Assignments for tests, from a source notebook and its release, without a gradebook."""

from __future__ import annotations

from pathlib import Path

from autograder.notebooks.assignment import Assignment, checksums_of
from autograder.notebooks.handout import read_handout
from autograder.notebooks.source import Source, flag, name_of, read_source


def assignment_of(source: Path | Source, released: Path) -> Assignment:
    """The assignment from its source notebook and its release, without a gradebook."""
    source = source if isinstance(source, Source) else read_source(source)
    release = read_handout(released)
    full = {name_of(cell): cell.source for cell in source.notebook.cells if name_of(cell)}
    sources = {n: full[n] if flag(cell, "locked") else cell.source for n, cell in release.cells.items()}
    return Assignment(release, sources, checksums_of(release))
