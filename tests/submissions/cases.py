"""Hostile and damaged submissions: a folder each, with a `case.toml`, made afresh from the released notebook.

    about = "one sentence: what is attacked"
    kind = "memory and limits"       # under which it is counted
    list = [17]                      # numbers in the list of attacks (tests/submissions/README.md)
    answers = "wrong"                # what the cheat starts from: "wrong", "right" or "release" (nothing attempted)
    call = "cheat()"                 # with wrong answers: what each function runs first
    heavy = true                     # too slow for every change
    unpromised = "a sentence"        # the grader does not promise to stop this one: why
    [limits]                         # other limits than the target's
    cell_seconds = 1
    [cells]                          # an answer cell -> its text
    row-softmax = '''...'''
    [add]                            # a cell of the release -> the student's own cell that follows it
    setup = '''...'''
    [expect]                         # graded cell -> the reason, or any of several
    all = "wrong"
    test-affine = ["wrong", "tampered"]
    [shows]                          # texts that the outputs or the messages must, or must never, hold
    must = ["PermissionError"]       # must_namespaces, must_landlock: in one tier only
    never = ["READ"]

Beside it may stand a `damage.py` with `damage(notebook)`, which changes the submitted notebook (plain JSON) or returns
the text or bytes of the file, or with `hand_in(path, data)`, which puts files into the submission's folder itself.
In texts, @NAME@ stands for what the witness knows: a folder, a port, a process (witness.py).
"""

from __future__ import annotations

import json
import runpy
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from tests.submissions import target

HERE = Path(__file__).parent
KEYS = {
    "about",
    "kind",
    "list",
    "answers",
    "call",
    "heavy",
    "unpromised",
    "limits",
    "cells",
    "add",
    "expect",
    "shows",
    "tiers",
}


@dataclass(frozen=True)
class Case:
    """One submission. expect: graded cell (or "all") -> the reasons that are right."""

    name: str
    folder: Path
    about: str
    expect: dict[str, list[str]]
    numbers: list[int] = field(default_factory=list)
    kind: str = "other"
    answers: str = "wrong"
    call: str = ""
    heavy: bool = False
    unpromised: str = ""
    limits: dict[str, int] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    add: dict[str, str] = field(default_factory=dict)
    shows: dict[str, list[str]] = field(default_factory=dict)

    def expected(self, cell: str) -> list[str]:
        return self.expect.get(cell) or self.expect["all"]


def read_cases(kind: str) -> list[Case]:
    """Every case under `attacks` or `damaged`, by name."""
    return [read_case(path) for path in sorted((HERE / kind).glob("*/case.toml"))]


def read_case(path: Path) -> Case:
    """Raises ValueError for an entry that is missing or unknown: a case that is read wrongly proves nothing."""
    case: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    if unknown := sorted(set(case) - KEYS):
        raise ValueError(f"{path}: {', '.join(unknown)}: no such entry; known are {', '.join(sorted(KEYS))}")
    if missing := {"about", "expect"} - set(case):
        raise ValueError(f"{path}: {', '.join(sorted(missing))} is missing")
    case["numbers"] = case.pop("list", [])
    case["expect"] = {cell: [r] if isinstance(r, str) else r for cell, r in case["expect"].items()}
    return Case(name=path.parent.name, folder=path.parent, **case)


def filled(text: str, facts: Mapping[str, str]) -> str:
    for name, value in facts.items():
        text = text.replace(f"@{name}@", value)
    return text


def answer(case: Case, cell: str) -> str | None:
    """The text of an answer cell; None for the released one."""
    if cell in case.cells:
        return case.cells[cell].strip("\n")
    if case.answers == "release":
        return None
    return target.right(cell) if case.answers == "right" else target.wrong(cell, case.call)


def notebook_of(case: Case, released: NotebookNode, facts: Mapping[str, str]) -> dict[str, Any]:
    """The submitted notebook as plain JSON, before any damage."""
    notebook = json.loads(json.dumps(released))
    cells: list[dict[str, Any]] = []
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name in target.HEADS and (text := answer(case, name)) is not None:
            cell["source"] = filled(text, facts)
        cells.append(cell)
        if name in case.add:
            cells.append(own_cell(filled(case.add[name].strip("\n"), facts), f"own-{name}"))
    if unused := (set(case.cells) | set(case.add)) - {c["id"] for c in notebook["cells"]}:
        raise ValueError(f"{case.name}: the release has no cell {', '.join(sorted(unused))}")
    notebook["cells"] = cells
    return notebook


def own_cell(source: str, name: str) -> dict[str, Any]:
    return {"cell_type": "code", "id": name, "metadata": {}, "execution_count": None, "outputs": [], "source": source}


def hand_in(case: Case, released: NotebookNode, facts: Mapping[str, str], path: Path) -> None:
    """Write the submission to `path`, or whatever the case's damage.py puts there instead."""
    notebook = notebook_of(case, released, facts)
    deeds = runpy.run_path(str(case.folder / "damage.py")) if (case.folder / "damage.py").exists() else {}
    result = deeds["damage"](notebook) if "damage" in deeds else None
    text = json.dumps(notebook) if result is None else result
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    path.parent.mkdir(parents=True)
    if "hand_in" in deeds:
        deeds["hand_in"](path, data)
    else:
        path.write_bytes(data)
