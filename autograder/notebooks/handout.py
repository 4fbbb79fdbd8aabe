"""The release as the grader sees it: which cells a student notebook has, in which order, and what they grade."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.errors import CourseError


@dataclass(frozen=True)
class Handout:
    """A released notebook. `cells` maps each grade_id to its cell, in the order of the notebook."""

    path: Path
    notebook: NotebookNode
    cells: dict[str, NotebookNode]

    @property
    def graded(self) -> list[str]:
        """The grade_ids of the cells that carry points."""
        return [name for name, cell in self.cells.items() if cell.metadata.nbgrader.grade]

    @property
    def answers(self) -> list[str]:
        """The grade_ids of the cells that the student writes."""
        return [name for name, cell in self.cells.items() if cell.metadata.nbgrader.solution]

    @property
    def points(self) -> float:
        return sum(float(self.cells[name].metadata.nbgrader.points) for name in self.graded)

    def answers_to(self, graded: str) -> list[str]:
        """The answer cells that the graded cell judges: those between it and the graded cell before it."""
        found: list[str] = []
        for name, cell in self.cells.items():
            if name == graded:
                return found or [name]  # a manually graded answer is its own answer
            if cell.metadata.nbgrader.grade:
                found = []
            elif cell.metadata.nbgrader.solution:
                found.append(name)
        raise KeyError(graded)

    def forbidden(self, answer: str) -> list[str]:
        """The names that the answer cell may not use (the cell's own metadata: course.forbidden)."""
        return list(self.cells[answer].metadata.get("course", {}).get("forbidden", []))

    def forbidden_in(self, graded: str) -> list[str]:
        """The names that the answers to a graded cell may not use."""
        return sorted({name for answer in self.answers_to(graded) for name in self.forbidden(answer)})

    def by_hand(self, name: str) -> bool:
        """True for a graded cell that the student writes himself, which no test can judge."""
        return bool(self.cells[name].metadata.nbgrader.solution)

    def may_change(self, graded: str) -> bool:
        """True where the task asks for a change of the arguments (metadata: course.changes_arguments)."""
        cells = [self.cells[name] for name in (graded, *self.answers_to(graded))]
        return any(cell.metadata.get("course", {}).get("changes_arguments") for cell in cells)

    def setting(self, name: str, default: Any) -> Any:
        """An entry of `course` in the metadata of a locked cell that is not graded: what holds for the assignment."""
        for cell in self.cells.values():
            nbgrader = cell.metadata.nbgrader
            if nbgrader.locked and not nbgrader.grade and name in (course := cell.metadata.get("course", {})):
                return course[name]
        return default

    def require_registered(self, sources: dict[str, str]) -> None:
        """Raise CourseError unless the gradebook knows exactly the cells of this release."""
        if differing := sorted(set(self.cells) ^ set(sources)):
            raise CourseError(
                f"{self.path.name}: the gradebook and the release differ in the cells {', '.join(differing)}. "
                "Regenerate the release (make release), then grade again."
            )


def cells_by_id(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """The cells that nbgrader knows, by grade_id, in order."""
    return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}


def read_handout(path: Path) -> Handout:
    """Read the released notebook at `path`. Raises CourseError when it is missing: that is the instructor's to mend."""
    if not path.is_file():
        raise CourseError(f"{path} is missing: regenerate the release (make release) before grading.")
    notebook = nbformat.read(path, as_version=4)
    return Handout(path, notebook, cells_by_id(notebook))
