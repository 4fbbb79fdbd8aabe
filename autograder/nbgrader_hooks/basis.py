"""What a score rests on, in named fields: when one of them changes, the submission is graded again, and told why."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from autograder.isolation.visible_files import environment_hash
from autograder.notebooks import manifest
from autograder.notebooks.handout import Handout
from autograder.rules.limits import limits_from

HONOUR = "honour system"
FILE = "the file handed in"


def digest(value: Any) -> str:
    """A short hash of anything that JSON can hold."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def release_basis(handout: Handout) -> dict[str, str]:
    """What a release brings to a score; the same for a whole class."""
    path = handout.path.parent.parent / manifest.NAME
    tests = json.loads(path.read_text(encoding="utf-8"))["assignments"][handout.path.stem]["tests"]
    cells = handout.cells.items()
    return {
        "tests": digest(tests),
        "points": digest({name: handout.cells[name].metadata.nbgrader.points for name in handout.graded}),
        "limits": digest(limits_from(handout.setting("limits", {})).as_dict()),
        "rules": digest({name: cell.metadata.get("course", {}) for name, cell in cells}),
        "given cells": digest({name: cell.source for name, cell in cells if scored(cell)}),
        "packages": digest([package_hash(name) for name in handout.setting("packages", ())]),
        "grader": package_hash("autograder"),
        "environment": environment_hash()[:16],
    }


def scored(cell: Mapping[str, Any]) -> bool:
    """True for a cell whose text can change a score: code, and whatever the student writes."""
    return cell["cell_type"] == "code" or bool(cell["metadata"]["nbgrader"]["solution"])


@cache
def package_hash(name: str) -> str:
    """A hash of a package's files."""
    spec = importlib.util.find_spec(name)
    folders = [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
    files = sorted((path.relative_to(folder).as_posix(), path) for folder in folders for path in folder.rglob("*.py"))
    return digest([(relative, hashlib.sha256(path.read_bytes()).hexdigest()) for relative, path in files])


def basis(release: Mapping[str, str], submission: str, isolation: str) -> dict[str, str]:
    """All of it. submission: the hash of the file, or of what was wrong with it.  isolation: a tier, or HONOUR."""
    return {FILE: submission, **release, "isolation": isolation}


def differences(old: Mapping[str, str] | None, new: Mapping[str, str]) -> Sequence[str]:
    """The names of the fields that differ."""
    if not isinstance(old, Mapping):
        return ["what it rests on was not noted"]
    return [name for name in new if old.get(name) != new[name]]
