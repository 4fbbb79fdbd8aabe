"""What the book's own extension makes of a page's text: folds, minutes, clickable quizzes. Without a browser."""

from __future__ import annotations

import io
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from tests.book.test_site import toc_pages
from tests.conftest import ROOT
from tools.notebooks import METADATA

CONFIG = f"""
extensions = ["myst_nb", "tools.pages"]
myst_enable_extensions = ["colon_fence", "dollarmath"]
nb_execution_mode = "off"
html_theme = "basic"
html_static_path = [{str(ROOT / "book" / "_static")!r}]
"""
QUESTION = "**1. What is $x$?**\n\nLook at `y`.\n\n- (a) One.\n- (b) `two` or $x$\n"
ANSWER = (
    ":::{admonition} Answer to 1\n:class: dropdown\n- (a) No. Too few.\n- (b) **Yes.** It is.\n\nMore of it.\n:::\n"
)
DEEPER = "### Deeper: the proof of $x$ (9 min)\n\n(sec-lemma)=\n#### A lemma\n\n" + "word " * 340
DROPDOWN = ":::{admonition} Deeper: rare traps (9 min)\n:class: dropdown deeper\n" + "word " * 170 + "\n:::"


def build(folder: Path, **pages: str) -> tuple[Path, str]:
    """Build a small site with the extension. Returns its folder and the warnings."""
    (folder / "conf.py").write_text(CONFIG)
    names = "\n".join(pages)
    (folder / "index.md").write_text(f"# Index\n\n```{{toctree}}\n{names}\n```\n")
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(f"# Page {name}\n\n{text}")
    return run(folder)


def run(folder: Path) -> tuple[Path, str]:
    warnings = io.StringIO()
    out = folder / "out"
    with patch_docutils(), docutils_namespace():
        app = Sphinx(folder, folder, out, folder / "trees", "html", status=None, warning=warnings)
        app.build()
    return out, warnings.getvalue()


def soup(page: Path) -> Tag:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def test_each_option_of_a_question_holds_its_own_reason(tmp_path: Path) -> None:
    out, warnings = build(tmp_path, page=f"{QUESTION}\n{ANSWER}\nAfter.")
    assert warnings == ""
    quiz = soup(out / "page.html").select_one("div.quiz")
    assert quiz["role"] == "group"
    assert "What is" in quiz.find(id=quiz["aria-labelledby"]).get_text()
    assert "Look at y." in quiz.get_text()
    one, two = quiz.select("details.option")
    assert (one["data-option"], "right" in one["class"], "open" in one.attrs) == ("a", False, False)
    assert (two["data-option"], "right" in two["class"]) == ("b", True)
    assert one.summary.get_text().strip() == "(a) One."
    assert two.summary.find("code").get_text() == "two"
    assert [one.div.get_text(" ", strip=True), two.div.get_text(" ", strip=True)] == [
        "No. Too few.",
        "Yes. It is. More of it.",
    ]
    assert "After." not in quiz.get_text()
    assert "Answer to 1" not in soup(out / "page.html").get_text()


PLANTED = {
    "no question": (ANSWER, "no paragraph before it starts with **1."),
    "the question of another number": (QUESTION.replace("1.", "2.") + ANSWER, "starts with **1."),
    "no list of options": ("**1. What?**\n\nChoose.\n\n" + ANSWER, "expected a list (a), (b), ..."),
    "an option without a reason": (
        QUESTION + "- (c) three\n\n" + ANSWER,
        "a, b, c, the reasons are a, b",
    ),
    "letters out of order": (QUESTION.replace("(b)", "(c)") + ANSWER, "found ['a', 'c']"),
    "two right options": (QUESTION + ANSWER.replace("No. ", "**Yes.** "), "found ['a', 'b']"),
    "no right option": (QUESTION + ANSWER.replace("**Yes.**", "Yes."), "found none"),
}


def test_planted_questions_without_their_answers_are_named(tmp_path: Path) -> None:
    _, warnings = build(tmp_path, **{f"case{n}": text for n, (text, _) in enumerate(PLANTED.values())})
    lines = warnings.splitlines()
    for number, (case, (_, expected)) in enumerate(PLANTED.items()):
        [line] = [line for line in lines if f"case{number}.md" in line]
        assert expected in line, case


def test_dropdowns_and_deeper_sections_are_folds_that_keep_their_anchors(tmp_path: Path) -> None:
    out, warnings = build(tmp_path, page=f"## One\n\n(sec-proof)=\n{DEEPER}\n\n## Two {{ref}}`sec-lemma`\n\n{DROPDOWN}")
    assert warnings == ""
    page = soup(out / "page.html")
    section, dropdown = page.select("details.fold")
    assert section.parent.name == "section"
    assert "the proof of" in section.summary.h3.get_text()
    assert section.find(id="sec-lemma")
    assert "open" not in section.attrs
    assert page.find(id="sec-proof")
    assert dropdown.summary.get_text(strip=True) == "Deeper: rare traps (9 min)"
    assert "deeper" in dropdown["class"]
    assert "Two" not in section.get_text()


def test_minutes_of_a_chapter_and_of_its_folds_are_counted(tmp_path: Path) -> None:
    cells = [new_markdown_cell("# A chapter\n\n" + "word " * 510), new_markdown_cell(f"## One\n\n{DEEPER}")]
    cells += [new_code_cell("x = 1\n" * 12), new_markdown_cell(f"## Two\n\n{DROPDOWN}")]
    (tmp_path / "book").mkdir()
    nbformat.write(new_notebook(cells=cells, metadata=METADATA), tmp_path / "book" / "05-chapter.ipynb")
    (tmp_path / "conf.py").write_text(CONFIG)
    (tmp_path / "index.md").write_text("# Index\n\n```{toctree}\nbook/05-chapter\n```\n")
    out, warnings = run(tmp_path)
    assert warnings == ""
    page = soup(out / "book" / "05-chapter.html")
    assert page.h1.find_next_sibling("p")["class"] == ["minutes"]
    assert page.select_one("p.minutes").get_text() == "3 min · 4 more folded"
    section, dropdown = page.select("details.fold > summary")
    assert section.get_text().startswith("Deeper: the proof of \\(x\\) (3 min)")
    assert dropdown.get_text(strip=True) == "Deeper: rare traps (1 min)"
    toc = soup(out / "index.html").get_text()
    assert "(3 min)" in toc
    assert "9 min" not in toc


def chapter_pages() -> list[str]:
    return [page for page in toc_pages() if page.startswith("book/") and page.split("/")[1][:2].isdigit()]


@pytest.mark.parametrize("page", chapter_pages())
def test_a_chapter_shows_its_minutes_and_each_deeper_fold_its_own(site: Path, page: str) -> None:
    chapter = soup(site / f"{page}.html")
    assert chapter.select_one("p.minutes").get_text().split()[1] == "min"
    titles = [summary.get_text(" ", strip=True) for summary in chapter.select("details.deeper > summary")]
    assert [title for title in titles if " min)" not in title] == []
    assert len(chapter.select(".quiz")) == len(chapter.select(".quiz .option.right")) >= 4


def test_the_quiz_left_no_answer_open_or_unconverted(site: Path) -> None:
    for page in toc_pages():
        found = soup(site / f"{page}.html").select_one("article")
        assert not found.select("details.option[open]"), page
        assert "Answer to 1" not in found.get_text(), page


def test_the_extension_is_that_of_the_book() -> None:
    assert "tools.pages" in (ROOT / "_config.yml").read_text(encoding="utf-8")
