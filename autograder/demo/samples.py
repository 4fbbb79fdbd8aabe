"""Sample submissions, made afresh from the current release and the bank, so that they never go stale.

A sample is a folder `samples/NAME/` with a `case.toml`:

    assignment = "05-attention"
    about = "one sentence"
    answers = "reference"              # or "release": nothing attempted
    damage = ["copy test-scores"]      # or "delete CELL", "not-json"
    then = ["not-json"]                # a second hand-in, damaged this way, graded after the first
    [replace]                          # graded cell -> an answer of the bank
    test-scores = "wrong/unscaled"
    [expect]                           # graded cell -> reason; the score follows
    test-scores = "wrong"
"""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.errors import CourseError
from autograder.notebooks.handout import Handout, read_handout
from autograder.notebooks.source import Source, name_of, read_source, without_markers


@dataclass(frozen=True)
class Sample:
    """A sample submission; the folder's name is the student's id."""

    student: str
    assignment: str
    about: str
    answers: str
    replace: dict[str, str]
    damage: tuple[str, ...]
    then: tuple[str, ...]
    expect: dict[str, str]


def read_samples(folder: Path) -> list[Sample]:
    """Every sample under the folder, by name."""
    return [read_sample(path) for path in sorted(folder.glob("*/case.toml"))]


def read_sample(path: Path) -> Sample:
    case: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        return Sample(
            student=path.parent.name,
            assignment=case["assignment"],
            about=case["about"],
            answers=case["answers"],
            replace=case.get("replace", {}),
            damage=tuple(case.get("damage", ())),
            then=tuple(case.get("then", ())),
            expect=case["expect"],
        )
    except KeyError as missing:
        raise CourseError(f"{path}: the entry {missing} is missing.") from None


def submission(sample: Sample, source: Source, handout: Handout, bank: Path) -> NotebookNode:
    """The student's notebook before any damage: the release with the sample's answers filled in."""
    texts = {} if sample.answers == "release" else {name_of(c): without_markers(c.source) for c in source.code}
    for graded, answer in sample.replace.items():
        name = name_of(source.answer_before(graded))
        texts[name] = (bank / graded / f"{answer}.py").read_text(encoding="utf-8").rstrip("\n")
    notebook = copy.deepcopy(handout.notebook)
    for cell in notebook.cells:
        if (name := name_of(cell)) in handout.answers and name in texts:
            cell.source = texts[name]
    return notebook


def damaged(notebook: NotebookNode, damage: Iterable[str]) -> str:
    """The text of the file handed in, after the damage."""
    for deed in damage:
        kind, _, cell = deed.partition(" ")
        if kind == "not-json":
            return "this is not a notebook any more\n"
        at = next((i for i, c in enumerate(notebook.cells) if name_of(c) == cell), None)
        if at is None:
            raise CourseError(f"damage {deed!r}: the release has no such cell.")
        if kind == "copy":
            notebook.cells.insert(at + 1, copy.deepcopy(notebook.cells[at]))
        elif kind == "delete":
            del notebook.cells[at]
        else:
            raise CourseError(f"damage {deed!r} is unknown: copy CELL, delete CELL and not-json are known.")
    return json.dumps(notebook)  # nbformat's writer would mend the very ids that a copied cell repeats


def hand_in(sample: Sample, root: Path, submitted: Path, second: bool = False) -> None:
    """Write the sample's file where `nbgrader autograde` looks for it."""
    name = sample.assignment
    handout = read_handout(root / "exercises" / name / f"{name}.ipynb")
    source = read_source(root / "solutions" / name / f"{name}.ipynb")
    notebook = submission(sample, source, handout, root / "bank" / name)
    path = submitted / sample.student / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(damaged(notebook, sample.then if second else sample.damage), encoding="utf-8")
