"""Committed notebooks are executed, true and clean; and the check rejects one planted case of every fault."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tools.hygiene import all_faults, faults
from tools.notebooks import METADATA

FIGURE = {"mystnb": {"figure": {"caption": "It grows.", "name": "fig-x"}, "image": {"alt": "A rising line."}}}


def good() -> NotebookNode:
    """A small chapter without a fault."""
    picture = new_output("display_data", data={"image/svg+xml": "<svg></svg>", "text/plain": "<Figure size 1x1>"})
    cells = [
        new_code_cell("%pip install it", metadata={"tags": ["remove-cell"]}, execution_count=1),
        new_code_cell("from translator import attention\nprint(1)", execution_count=2),
        new_code_cell("plt.show()", metadata=copy.deepcopy(FIGURE), execution_count=3, outputs=[picture]),
        new_code_cell("assert True", execution_count=4),
    ]
    cells[1].outputs = [new_output("stream", text="1\n")]
    return new_notebook(cells=cells, metadata=from_dict(METADATA))


def planted(change: Callable[[NotebookNode], object]) -> list[str]:
    notebook = good()
    change(notebook)
    return faults(notebook, executed=True)


def error(n: NotebookNode) -> None:
    n.cells[1].outputs = [new_output("error", ename="ValueError", evalue="", traceback=[])]


def says(text: str, **stream: str) -> Callable[[NotebookNode], None]:
    def change(n: NotebookNode) -> None:
        n.cells[1].outputs = [new_output("stream", text=text, **stream)]

    return change


BAD = {
    "not executed": lambda n: n.cells[3].update(execution_count=None),
    "not executed once": lambda n: n.cells[3].update(execution_count=9),
    "stored error": error,
    "stderr": says("a warning", name="stderr"),
    "absolute path": says("saved to /home/ada/model.pt"),
    "memory address": says("<object at 0x7f2a9c3b1d90>"),
    "stray notebook metadata": lambda n: n.metadata.update(widgets={}),
    "stray metadata": lambda n: n.cells[1].metadata.update(collapsed=True),
    "stray output metadata": lambda n: n.cells[2].outputs[0].metadata.update(scrolled=True),
    "caption": lambda n: n.cells[2].metadata.mystnb.pop("figure"),
    "alternative text": lambda n: n.cells[2].metadata.mystnb.pop("image"),
    "assert on its data": lambda n: n.cells[3].update(source="print()"),
    "figure of 160 kB": lambda n: n.cells[2].outputs[0].data.update({"image/svg+xml": "x" * 160_000}),
    "set-up cell": lambda n: n.cells[0].update(source="pass"),
}


def test_a_good_chapter_has_no_fault() -> None:
    assert faults(good(), executed=True) == []


@pytest.mark.parametrize("words", BAD)
def test_a_planted_fault_is_named(words: str) -> None:
    found = planted(BAD[words])
    assert len(found) == 1, found
    assert words in found[0]


def test_a_source_with_outputs_is_rejected() -> None:
    assert any("outputs are stored" in fault for fault in faults(good(), executed=False))


def test_no_committed_notebook_has_a_fault() -> None:
    assert all_faults() == []
