"""A chapter's core is read in half an hour; and the counting sees each planted way past it."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.reading_time import LIMIT, Reading, chapters, faults, reading, whole

#: Chapters that are still to be rewritten for half an hour. The list only shrinks: nothing is added to it.
STILL_TO_COME: set[str] = set()


def minutes(*cells: str | NotebookNode) -> Reading:
    whole = [new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return reading(new_notebook(cells=whole))


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.stem)
def test_the_core_of_a_chapter_is_read_in_half_an_hour(path: Path) -> None:
    found = faults(reading(nbformat.read(path, as_version=4)))
    if path.stem in STILL_TO_COME:
        assert found, f"{path.stem} is short enough: take it out of STILL_TO_COME"
    else:
        assert found == []


def test_the_list_of_chapters_still_to_come_names_chapters() -> None:
    assert {path.stem for path in chapters()} >= STILL_TO_COME


def lines(number: int) -> NotebookNode:
    return new_code_cell("\n".join(f"x = {line}" for line in range(number)))


WORDS = "word " * (170 * 31)
PLANTED = {
    "prose": [WORDS],
    "visible code": [lines(12 * 31)],
    "code whose output alone is hidden": [new_code_cell(lines(12 * 31).source, metadata={"tags": ["hide-output"]})],
    "a fenced block": [f"```python\n{lines(12 * 31).source}\n```"],
    "a list": ["\n".join(f"- some more words on line {number}" for number in range(900))],
    "a table": ["| a | b |\n|---|---|\n" + "| one two three | four |\n" * 1400],
    "an open admonition": [f":::{{note}}\n{WORDS}\n:::"],
    "an admonition within another": [f"::::{{note}}\n:::{{admonition}} Title\n{WORDS}\n:::\n::::"],
    "what follows a deeper section": [f"## One\n\n### Deeper: a proof\n\nShort.\n\n## Two\n\n{WORDS}"],
    "prose after a deeper section's code": ["### Deeper: a proof", lines(3), f"## Two\n\n{WORDS}"],
    "formulas": ["$$\na = b \\\\\nc = d\n$$\n\n" * 230],
    "captions": [new_code_cell("", metadata={"tags": ["hide-input"], "mystnb": {"figure": {"caption": WORDS}}})],
}


@pytest.mark.parametrize("cells", PLANTED.values(), ids=PLANTED.keys())
def test_planted_thirty_one_minutes_are_too_long(cells: list[str | NotebookNode]) -> None:
    found = minutes(*cells)
    assert found.core > LIMIT
    assert "delete, or fold" in faults(found)[0]


FREE = {
    "an answer of the quiz": [f":::{{admonition}} Answer to 1\n:class: dropdown\n{WORDS}\n:::"],
    "folded code": [new_code_cell(lines(500).source, metadata={"tags": ["hide-input"]})],
    "a removed cell": [new_code_cell(lines(500).source, metadata={"tags": ["remove-cell"]})],
    "blank lines and comments": [new_code_cell("\n".join(["# a comment", ""] * 500))],
    "raw HTML": [f"```{{raw}} html\n<p>{WORDS}</p>\n```"],
    "labels and options": ["(sec-a)=\n" * 6000, "```{figure} a.svg\n:alt: " + WORDS + "\n```"],
    "a comment of the text": [f"% {WORDS}"],
    "the source of a formula": ["$" + "a + " * 5000 + "a$"],
}


@pytest.mark.parametrize("cells", FREE.values(), ids=FREE.keys())
def test_what_is_folded_or_no_text_takes_no_time(cells: list[str | NotebookNode]) -> None:
    found = minutes(*cells)
    assert found.core < 0.2
    assert found.folded == 0


def test_one_minute_is_170_words_or_12_lines() -> None:
    assert minutes("word " * 170).core == pytest.approx(1)
    assert minutes(lines(12)).core == pytest.approx(1)
    assert minutes("*word* - **word** " * 85).core == pytest.approx(1)  # a dash is no word
    assert minutes("{term}`word <label>` " * 170).core == pytest.approx(1)
    assert minutes("{numref}`fig-a` " * 85).core == pytest.approx(1)  # Fig. 7.1


def test_deeper_sections_and_dropdowns_are_counted_apart_by_their_titles() -> None:
    text = "word " * 170
    found = minutes(
        f"# One\n\n{text}\n\n### Deeper: a proof (4 min)\n\n{text}",
        lines(12),
        f"#### Its lemma\n\n{text}\n\n### Back\n\n:::{{admonition}} Deeper: rare traps (1 min)\n"
        f":class: dropdown deeper\n{text}\n:::",
        f":::{{admonition}} Answer to 2\n:class: dropdown\n{text}\n:::",
    )
    assert found.core == pytest.approx(1, abs=0.05)
    assert found.deeper == {"a proof": pytest.approx(3, abs=0.05), "rare traps": pytest.approx(1, abs=0.05)}


def test_the_result_stands_where_the_first_visible_code_prints() -> None:
    output = [new_output("stream", text="1\n")]
    hidden = new_code_cell("print(1)", outputs=output, metadata={"tags": ["hide-input"]})
    shown = new_code_cell("x = 1\n" * 11 + "print(x)", outputs=output)
    assert minutes("word " * 170, hidden, lines(12), shown, "word " * 170).result == pytest.approx(3)
    assert minutes("word " * 170, hidden).result is None


def test_a_page_shows_whole_minutes_and_at_least_one() -> None:
    assert [whole(minutes) for minutes in (0.0, 0.4, 1.5, 2.4, 27.6)] == [1, 1, 2, 2, 28]
