"""The committed release of each assignment is what its source generates, and gives nothing away."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.course.generate import generate
from autograder.course.lifecycle import ROOT, Course
from autograder.notebooks.source import read_source
from autograder.release.leaks import leaks, needles, read_allowed
from tests.conftest import tree

ASSIGNMENTS = sorted(path.parent.name for path in ROOT.glob("solutions/*/*.ipynb"))


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_committed_release_is_what_its_source_generates(name: str, tmp_path: Path) -> None:
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)  # a course of its own: this one's gradebook is none of ours
    shutil.copytree(ROOT / "solutions" / name, tmp_path / "solutions" / name)
    source = read_source(ROOT / "solutions" / name / f"{name}.ipynb")
    made = generate(Course(tmp_path, "gradebook"), [source], tmp_path / "new")
    assert tree(made / name) == tree(ROOT / "exercises" / name), "run `make release`"


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_neither_release_nor_book_holds_a_secret_of_the_assignment(name: str) -> None:
    source = read_source(ROOT / "solutions" / name / f"{name}.ipynb")
    secret = needles(source, read_allowed(ROOT / "bank" / name / "allowed.toml"))
    assert secret, "a source without secrets proves nothing"
    assert [leak for folder in ("exercises", "book") for leak in leaks(ROOT / folder, secret)] == []
