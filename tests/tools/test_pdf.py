"""The book as a PDF: pages in their order, an outline, links that lead to the right place within the file."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from tools.doctor import BROWSERS
from tools.pdf import ROOT, PdfError, anchors, contents, join, printed, served

TOC = {"root": "index", "parts": [{"caption": "I", "chapters": [{"file": "a", "sections": [{"file": "b"}]}]}]}
PAGES = {
    "index": "<h1>Index</h1><p><a href='b.html#far'>far</a> <a href='a.html'>a</a> <a href='a.html#here'>here</a></p>",
    "a": "<h1>A<a class='headerlink' href='#x'>#</a></h1><p><a href='#here'>here</a> <a href='https://b.org/'>out</a></p>"
    "<h2 id='here'>Here</h2><details><summary>Fold</summary><p>Folded words.</p></details>",
    "b": "<h1>B</h1><div style='height: 2000px'></div><p id='far'>Far down. <a href='picture.png'>larger</a></p>"
    "<div class='quiz' data-question='1'><p>1. What?</p><details class='option right' data-option='a'>"
    "<summary>(a)</summary><div class='reason'><p>So it is.</p></div></details></div>",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    for name, body in PAGES.items():
        (folder / f"{name}.html").write_text(f"<html lang='en'><body><article>{body}</article></body></html>")
    return folder


@pytest.fixture(scope="module")
def book(site: Path) -> PdfReader:
    if not any(map(shutil.which, BROWSERS)):
        if os.environ.get("CI"):
            pytest.fail("no Chromium on this machine: install the package `chromium`")
        pytest.skip("no Chromium on this machine: install the package `chromium`")
    with served(site) as origin:
        return PdfReader(io.BytesIO(join(list(printed(site, TOC, origin)), origin)))


def jumps(book: PdfReader) -> list[tuple[int, int]]:
    """From which page to which page the links within the file lead."""
    links = [(number, a.get_object()) for number, page in enumerate(book.pages) for a in page.get("/Annots", [])]
    pages = {page.indirect_reference.idnum: number for number, page in enumerate(book.pages)}
    return [(number, pages[link["/Dest"][0].idnum]) for number, link in links if "/Dest" in link]


def test_pages_come_in_the_order_of_the_table_of_contents() -> None:
    assert list(contents(TOC)) == [("index", 0), ("a", 0), ("b", 1)]


def test_the_outline_names_every_page_and_its_sub_pages(book: PdfReader) -> None:
    index, a, [b] = book.outline
    assert [index.title, a.title, b.title] == ["Index", "A", "B"]
    assert [book.get_destination_page_number(item) for item in (index, a, b)] == [0, 1, 2]


def test_links_between_pages_and_within_one_become_jumps(book: PdfReader) -> None:
    last = len(book.pages) - 1
    assert last > 2  # page b is long
    found = jumps(book)
    assert [spot for spot in found if spot[0] == 0] == [(0, spot) for spot in (found[0][1], 1, 1)]
    assert 2 < found[0][1] <= last
    assert (1, 1) in found


def test_links_out_of_the_book_stay_and_those_to_its_files_go(book: PdfReader) -> None:
    found = [a.get_object().get("/A", {}).get("/URI") for page in book.pages for a in page.get("/Annots", [])]
    assert [uri for uri in found if uri] == ["https://b.org/"]


def test_folds_are_open_and_answers_stand_at_the_end(book: PdfReader) -> None:
    text = " ".join(page.extract_text() for page in book.pages)
    assert "Folded words." in text
    assert text.count("So it is.") == 1
    assert text.index("What?") < text.index("Answers") < text.index("So it is.")


def test_anchors_are_those_that_other_pages_ask_for(site: Path) -> None:
    assert anchors(site, ["index", "a", "b"]) == {"index": [], "a": ["here"], "b": ["far"]}


def test_planted_a_book_that_is_not_built_is_told(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "tools" / "pdf.py"), "--site", str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert (result.returncode, "run `make book` first" in result.stderr) == (1, True)


def test_planted_a_machine_without_a_browser_is_told(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(PdfError, match="install the package `chromium`"):
        next(printed(site, TOC, "http://127.0.0.1/"))
