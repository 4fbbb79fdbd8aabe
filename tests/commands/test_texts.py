"""`make text` and `make notebooks`, in a copy of the tree with nothing activated."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tests.conftest import sh, tree


def test_the_text_view_round_trips_and_executes_only_what_changed(clone: Path) -> None:
    before = tree(clone / "book") | tree(clone / "solutions")
    sh(clone, ".venv/bin/python tools/notebooks.py text")
    assert "wrote" not in sh(clone, ".venv/bin/python tools/notebooks.py notebooks")
    for text in (clone / ".text").rglob("*.md"):  # as if edited, with the same words
        text.write_text(text.read_text(encoding="utf-8"), encoding="utf-8")
        os.utime(text, (text.stat().st_mtime + 10, text.stat().st_mtime + 10))
    output = sh(clone, ".venv/bin/python tools/notebooks.py notebooks")
    assert output.count("wrote") == len(list(clone.glob("book/*.ipynb")) + list(clone.glob("solutions/*/*.ipynb")))
    assert "executing" not in output
    assert tree(clone / "book") | tree(clone / "solutions") == before


def test_an_edited_text_reaches_its_notebook_executed(clone: Path) -> None:
    sh(clone, ".venv/bin/python tools/notebooks.py text")
    text = clone / ".text" / "book" / "setup.md"
    text.write_text(
        text.read_text(encoding="utf-8") + "\n```{code-cell} ipython3\nprint(6 * 7)\n```\n", encoding="utf-8"
    )
    os.utime(text, (text.stat().st_mtime + 10, text.stat().st_mtime + 10))
    assert "executing book/setup.ipynb" in sh(clone, ".venv/bin/python tools/notebooks.py notebooks")
    cell = json.loads((clone / "book" / "setup.ipynb").read_text(encoding="utf-8"))["cells"][-1]
    assert "".join(cell["outputs"][0]["text"]) == "42\n"
