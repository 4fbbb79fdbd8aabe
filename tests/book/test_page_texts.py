"""Every mention of a chapter, section or exercise is a link, and every fold says what is inside."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tools.page_texts import ROOT, Targets, blind_folds, faults, known_targets, linked, pages, plain_mentions, targets

#: Pages whose mentions are still to be linked (tools/page_texts.py --fix) or whose folds want titles. It only shrinks.
TO_BE_LINKED: frozenset[str] = frozenset()
KNOWN: Targets = {
    ("chapter", "7"): "[{}](07-multi-head.ipynb)",
    ("section", "7.2"): "{{ref}}`{} <sec-heads>`",
    ("exercise", "7.2"): "[{}](../exercises/07-multi-head/07-multi-head.ipynb)",
}


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.stem)
def test_a_page_links_what_it_mentions_and_names_its_folds(path: Path) -> None:
    if path.stem not in TO_BE_LINKED:
        assert faults(path, known_targets()) == []


PLANTED = {
    "a chapter": ("As in chapter 07.", "As in [chapter 07](07-multi-head.ipynb)."),
    "a chapter at the start": ("Chapter 7 shows it.", "[Chapter 7](07-multi-head.ipynb) shows it."),
    "a section": ("See section 7.2.", "See {ref}`section 7.2 <sec-heads>`."),
    "an exercise": ("Exercise 7.2 asks.", "[Exercise 7.2](../exercises/07-multi-head/07-multi-head.ipynb) asks."),
    "over a line's end": ("See section\n7.2, too.", "See {ref}`section 7.2 <sec-heads>`, too."),
    "in an admonition": (":::{note}\nSee section 7.2.\n:::", ":::{note}\nSee {ref}`section 7.2 <sec-heads>`.\n:::"),
    "below a heading": ("# A\n\nSee section 7.2.", "# A\n\nSee {ref}`section 7.2 <sec-heads>`."),
    "in a table": ("| a |\n|---|\n| chapter 07 |", "| a |\n|---|\n| [chapter 07](07-multi-head.ipynb) |"),
    "after another work": (
        "The paper is short. See section 7.2.",
        "The paper is short. See {ref}`section 7.2 <sec-heads>`.",
    ),
}


@pytest.mark.parametrize(("source", "expected"), PLANTED.values(), ids=PLANTED.keys())
def test_planted_plain_mentions_are_named_and_linked(source: str, expected: str) -> None:
    assert len(plain_mentions(source, KNOWN)) == 1
    assert linked(source, KNOWN) == expected
    assert plain_mentions(expected, KNOWN) == []


LEFT_ALONE = [
    "See [chapter 07](07-multi-head.ipynb), {ref}`section 7.2 <sec-heads>`.",
    "`chapter 07` is code.",
    "::::{grid} 2\n:::{grid-item-card} Chapter 07: heads\nIt is a link.\n:::\n::::",
    "## Section 7.2 again",
    "```python\n# chapter 07\n```",
    "In {cite:t}`zhang2023dive`, section 7.2, the heads are folded.",
    "Section 7.2 of the paper has it.",
    "Chapter 12 is not written yet, and section 7.20 neither. Python 3.11, 7.2 seconds.",
]


@pytest.mark.parametrize("source", LEFT_ALONE)
def test_links_code_and_other_works_are_left_alone(source: str) -> None:
    assert plain_mentions(source, KNOWN) == []
    assert linked(source, KNOWN) == source


def test_targets_are_read_from_the_headings() -> None:
    texts = [
        "(chapter-multi-head)=\n# 7 Multi-head\n\n(sec-heads)=\n## 7.2 Heads\n\n## 7.3 Split",
        "## Exercise 7.1: Sizes",
    ]
    assert targets(ROOT / "book" / "07.ipynb", texts) == {
        ("chapter", "7"): "[{}](07.ipynb)",
        ("section", "7.2"): "{{ref}}`{} <sec-heads>`",
        ("section", "7.3"): "[{}](07.ipynb)",
        ("exercise", "7.1"): "[{}](07.ipynb)",
    }


def test_planted_typed_minutes_are_dropped() -> None:
    source = "### Deeper: a proof (4 min)\n\n:::{admonition} Deeper: a trap (1 min)\n:class: dropdown\nIn (4 min).\n:::"
    assert linked(source, {}) == source.replace("proof (4 min)", "proof").replace("trap (1 min)", "trap")


def test_planted_folds_without_a_title_are_named() -> None:
    tags = {"tags": ["hide-input"]}
    named = {**tags, "mystnb": {"code_prompt_show": "How figure 2 is drawn"}}
    cells = [new_code_cell("draw()", metadata=tags), new_code_cell("plot()", metadata=named), new_code_cell("see()")]
    assert blind_folds(new_notebook(cells=cells)) == ["draw()"]
