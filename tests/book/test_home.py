"""One public home: `make home URL=...` writes it everywhere, and until then no page and no cell shows an address."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

from tests.conftest import ROOT
from tools.home import SET_UP, Home, HomeError, blocks, current, fill, set_home
from tools.notebooks import notebooks, twin

HOME = Home("https://github.com/Ada-Lovelace-1815/the-transformer-from-the-ground-up")
ELSEWHERE = Home("https://github.com/grace/course.two")
PLACEHOLDER = re.compile(r"\b(?:OWNER|NAME|USER)(?:/REPO|\.github\.io)|github\.com/(?:OWNER|NAME|USER)\b")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files that hold the home, in a folder of their own, without a home."""
    names = [*blocks(None), "_toc.yml", *(str(path.relative_to(ROOT)) for path in notebooks())]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    set_home(None, tmp_path)
    return tmp_path


def tree(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def set_up_cells(folder: Path) -> dict[str, str]:
    cells = {str(path.relative_to(folder)): nbformat.read(path, as_version=4).cells for path in notebooks(folder)}
    return {name: cell.source for name, found in cells.items() for cell in found if cell.source.startswith(SET_UP)}


def placeholders(text: str) -> list[str]:
    return PLACEHOLDER.findall(text)


def test_the_committed_files_are_what_the_setting_writes(checkout: Path) -> None:
    set_home(current(), checkout)
    assert [
        path for path in tree(checkout) if path.read_bytes() != (ROOT / path.relative_to(checkout)).read_bytes()
    ] == []


def test_no_notebook_and_no_file_for_readers_shows_a_placeholder() -> None:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    inner = ("tools/", "tests/", "Makefile", "CONTRIBUTING.md")  # they say how the home is set
    paths = [ROOT / name for name in listed.stdout.splitlines() if not name.startswith(inner)]
    paths = [path for path in paths if path.suffix in {".md", ".ipynb", ".yml", ".toml", ".cff"} and path.is_file()]
    assert len(paths) > 50
    assert [path.name for path in paths if placeholders(path.read_text(encoding="utf-8", errors="replace"))] == []


def test_no_built_page_shows_a_placeholder_and_without_a_home_none_claims_an_address(site: Path) -> None:
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))}
    assert len(pages) > 20
    assert [path.name for path, text in pages.items() if placeholders(text)] == []
    if current() is None:
        claims = ('property="og:url"', 'rel="canonical"', "github.com/executablebooks", "colab.research")
        assert [path.name for path, text in pages.items() if any(claim in text for claim in claims)] == []


def test_a_home_reaches_every_file_and_every_set_up_cell(checkout: Path) -> None:
    set_home(HOME, checkout)
    silent = [name for name in blocks(None) if HOME.url not in (checkout / name).read_text(encoding="utf-8")]
    assert silent == ["book/how-to.md"]  # it says where the button is
    cells = set_up_cells(checkout)
    assert "book/05-attention.ipynb" in cells
    assert {HOME.url in source and "%pip install" in source for source in cells.values()} == {True}
    assert all(len(line) <= 120 for source in cells.values() for line in source.splitlines())
    settings = yaml.safe_load((checkout / "_config.yml").read_text(encoding="utf-8"))
    assert settings["html"]["baseurl"] == settings["sphinx"]["config"]["ogp_site_url"] == HOME.pages
    assert current(checkout) == HOME


def test_a_home_can_be_set_twice_changed_and_taken_back(checkout: Path) -> None:
    without = tree(checkout)
    assert set_home(HOME, checkout)
    first = tree(checkout)
    assert set_home(HOME, checkout) == []
    set_home(ELSEWHERE, checkout)
    assert not any(HOME.url.encode() in content for content in tree(checkout).values())
    set_home(HOME, checkout)
    assert tree(checkout) == first
    set_home(None, checkout)
    assert tree(checkout) == without


def test_with_a_home_the_pages_have_their_buttons_and_address(checkout: Path) -> None:
    set_home(HOME, checkout)
    for folder in ("book/_static", "tools"):
        shutil.copytree(ROOT / folder, checkout / folder)
    shutil.copy(ROOT / "book/references.bib", checkout / "book")
    page = "root: book/how-to\nchapters:\n  - file: book/setup\n"
    (checkout / "_toc.yml").write_text(f"format: jb-book\n{page}", encoding="utf-8")
    command = [str(Path(sys.executable).parent / "jupyter-book"), "build", "."]
    subprocess.run(command, cwd=checkout, check=True, capture_output=True)
    html = (checkout / "_build/html/book/setup.html").read_text(encoding="utf-8")
    assert f'content="{HOME.pages}book/setup.html"' in html  # og:url
    for address in (f"{HOME.url}/issues/new", f"{HOME.url}/edit/main/book/setup.ipynb"):
        assert address in html
    assert (
        "https://colab.research.google.com/github/Ada-Lovelace-1815/the-transformer-from-the-ground-up/blob/notebooks/book/setup.ipynb"
        in html
    )


def test_without_a_home_the_set_up_cell_says_what_is_missing(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (source,) = set(set_up_cells(checkout).values())
    exec(source, {})  # where the package is there, it does nothing
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="%pip install the folder of your copy of the course"):
        exec(source, {})


def test_the_pages_of_an_account_lie_at_its_root() -> None:
    assert HOME.pages == "https://ada-lovelace-1815.github.io/the-transformer-from-the-ground-up/"
    assert Home("https://github.com/Ada/ada.github.io").pages == "https://ada.github.io/"


PLANTED = {
    "a slash at the end": "https://github.com/ada/course/",
    "a clone address": "https://github.com/ada/course.git",
    "another host": "https://example.org/ada/course",
    "no encryption": "http://github.com/ada/course",
    "no repository": "https://github.com/ada",
    "the example as it stands": "https://github.com/NAME/REPO",
    "quotes": 'https://github.com/ada/course"',
    "a line break": "https://github.com/ada/course\n",
}


@pytest.mark.parametrize("url", PLANTED.values(), ids=PLANTED.keys())
def test_planted_an_address_of_another_form_is_refused(url: str) -> None:
    with pytest.raises(HomeError, match=r"Expected https://github\.com/NAME/REPO"):
        Home(url)


def test_planted_the_command_refuses_in_a_line() -> None:
    command = [sys.executable, str(ROOT / "tools/home.py"), PLANTED["no repository"]]
    result = subprocess.run(command, capture_output=True, text=True)
    assert (result.returncode, len(result.stderr.splitlines())) == (1, 1)
    assert "Expected https://github.com/NAME/REPO" in result.stderr


def test_planted_a_lost_block_is_named_and_nothing_is_written(checkout: Path) -> None:
    text = (checkout / "SECURITY.md").read_text(encoding="utf-8")
    (checkout / "SECURITY.md").write_text(text.replace("<!-- home: report -->", ""), encoding="utf-8")
    before = tree(checkout)
    with pytest.raises(HomeError, match=r"SECURITY\.md: expected one block from `home: report`"):
        set_home(HOME, checkout)
    assert tree(checkout) == before


def test_planted_a_block_without_its_end_does_not_swallow_the_next() -> None:
    with pytest.raises(HomeError, match="found 0"):
        fill("# home: a\nkept: 1\n# home: b\n# end of home\n", "a", "x\n")


def test_planted_an_edited_text_view_stops_the_setting(checkout: Path) -> None:
    text = twin(checkout / "book/setup.ipynb", checkout)
    text.parent.mkdir(parents=True)
    shutil.copy(checkout / "book/setup.ipynb", text)
    stamp = (checkout / "book/setup.ipynb").stat().st_mtime + 10
    os.utime(text, (stamp, stamp))
    with pytest.raises(HomeError, match="run `make notebooks` first"):
        set_home(HOME, checkout)


def test_planted_placeholders_are_seen() -> None:
    assert placeholders("git+https://github.com/OWNER/REPO@v0.1.0")
    assert placeholders("https://OWNER.github.io/REPO/")
    assert not placeholders("the OWNER of a THING, https://github.com/ada/course")
