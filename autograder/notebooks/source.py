"""The instructor's source notebook: its cells, its reference answers, and what students get instead of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

STUB = 'raise NotImplementedError("write your code here")'  # nbgrader_config.py's ClearSolutions.code_stub
REGION = re.compile(r"^(?P<indent>[ \t]*)### BEGIN SOLUTION\n(?P<body>.*?)^[ \t]*### END SOLUTION\n?", re.S | re.M)
MARKER = re.compile(r"^[ \t]*### (BEGIN|END) (SOLUTION|HIDDEN TESTS)\n?", re.M)


@dataclass(frozen=True)
class Source:
    """A source notebook. Cells keep their order; `assignment` is the folder's name."""

    path: Path
    notebook: NotebookNode

    @property
    def assignment(self) -> str:
        return self.path.parent.name

    @property
    def code(self) -> list[NotebookNode]:
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    @property
    def graded(self) -> list[str]:
        return [name_of(cell) for cell in self.code if flag(cell, "grade")]

    @property
    def points(self) -> dict[str, float]:
        return {name_of(cell): float(cell.metadata.nbgrader.points) for cell in self.code if flag(cell, "grade")}

    def answer_before(self, graded: str) -> NotebookNode:
        """The answer cell that the graded cell judges: the last one before it."""
        cells = self.code
        end = next(i for i, cell in enumerate(cells) if name_of(cell) == graded)
        return next(cell for cell in reversed(cells[:end]) if flag(cell, "solution"))


def read_source(path: Path) -> Source:
    return Source(path, nbformat.read(path, as_version=4))


def flag(cell: NotebookNode, name: str) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get(name, False))


def name_of(cell: NotebookNode) -> str:
    name: str = cell.metadata.get("nbgrader", {}).get("grade_id", "")
    return name


def without_markers(code: str) -> str:
    """The code with its region markers dropped: the reference answer, or the whole test."""
    return MARKER.sub("", code + "\n").rstrip("\n")


def without_region(code: str, number: int) -> str:
    """The code with its `number`-th solution region replaced by the stub, as a student who left it out has it."""
    regions = list(REGION.finditer(code + "\n"))
    region = regions[number]
    return without_markers(
        (code + "\n")[: region.start()] + region["indent"] + STUB + "\n" + (code + "\n")[region.end() :]
    )


def regions(code: str) -> int:
    """How many solution regions the cell has."""
    return len(REGION.findall(code + "\n"))


def stub(code: str) -> str:
    """The answer cell as it is handed out: every region replaced by the stub."""
    return REGION.sub(lambda region: region["indent"] + STUB + "\n", code + "\n").rstrip("\n")
