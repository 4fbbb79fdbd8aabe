"""Stored outputs stay true on another processor: chapters run once more with PyTorch's plain instructions."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

CHAPTERS = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("book/*.ipynb"))


def git(*arguments: str) -> list[str]:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout.split()


def changed() -> list[str]:
    """Chapters that differ from the main branch or, on it, from the commit before; all, where git cannot tell."""
    head, main = git("rev-parse", "HEAD"), git("rev-parse", "--verify", "--quiet", "origin/main")
    base = git("merge-base", "HEAD", "origin/main") if main and main != head else git("rev-parse", "--quiet", "HEAD~1")
    if not base or "HEAD~1" in base:
        return CHAPTERS
    return sorted(set(git("diff", "--name-only", base[0], "--", "book")) & set(CHAPTERS))


def run(path: Path) -> subprocess.CompletedProcess[str]:
    """nbval, strict, with ATEN_CPU_CAPABILITY=default."""
    environment = {**os.environ, "ATEN_CPU_CAPABILITY": "default", "OMP_NUM_THREADS": "1"}
    for name in [name for name in environment if name.startswith("PYTEST_")]:
        del environment[name]
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(path)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_changed_chapter_is_true_on_plain_instructions(chapter: str, request: pytest.FixtureRequest) -> None:
    if chapter in changed() or "heavy" not in request.config.getoption("-m"):
        result = run(ROOT / chapter)
        assert result.returncode == 0, result.stdout[-4000:]


def test_planted_a_stored_output_that_is_not_true_is_caught(tmp_path: Path) -> None:
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook, new_output

    cell = new_code_cell("print(1 + 1)", execution_count=1, outputs=[new_output("stream", text="3\n")])
    nbformat.write(new_notebook(cells=[cell]), tmp_path / "untrue.ipynb")
    result = run(tmp_path / "untrue.ipynb")
    assert result.returncode == 1
    assert "1 failed" in result.stdout
