"""The manifest of a release: hashes of every released cell, of every full test, and of the pinned environment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from autograder.notebooks.handout import read_handout
from autograder.notebooks.source import Source, flag, name_of

NAME = "manifest.json"
PINS = ("requirements.txt", "constraints.txt")


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def entry(source: Source, released: Path) -> dict[str, Any]:
    """The manifest of one assignment: points, released cells, and the tests as the instructor has them."""
    handout = read_handout(released)
    return {
        "points": handout.points,
        "notebook": sha256(released.read_text(encoding="utf-8")),
        "cells": {name: sha256(cell.source) for name, cell in handout.cells.items()},
        "tests": {name_of(cell): sha256(cell.source) for cell in source.code if flag(cell, "grade")},
    }


def manifest(root: Path, sources: Iterable[Source], handout: Path) -> str:
    """The text of the manifest of the release in the folder `release`; the same input gives the same bytes."""
    assignments = {s.assignment: entry(s, handout / s.assignment / s.path.name) for s in sources}
    environment = {name: sha256((root / name).read_text(encoding="utf-8")) for name in PINS if (root / name).exists()}
    return json.dumps({"environment": environment, "assignments": assignments}, indent=1, sort_keys=True) + "\n"
