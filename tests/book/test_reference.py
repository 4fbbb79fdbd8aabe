"""The reference lists every module of both packages once, in the table of the page for its folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGES = sorted(ROOT.glob("book/reference/*.md"))
PACKAGES = ("translator", "autograder")


def modules(root: Path = ROOT) -> list[str]:
    """Every module and folder of the packages, by its dotted name."""
    paths = [path for package in PACKAGES for path in sorted((root / package).rglob("*.py"))]
    return [".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__") for path in paths]


def listed(text: str) -> list[str]:
    """The modules in the summary tables of a page."""
    return re.findall(rf"^   ~((?:{'|'.join(PACKAGES)})[\w.]*)$", text, re.MULTILINE)


def described(text: str) -> list[str]:
    """The modules whose docstrings a page shows."""
    return re.findall(r"^\.\. automodule:: ([\w.]+)$", text, re.MULTILINE)


def list_faults(texts: dict[str, str], there: list[str]) -> list[str]:
    """What is listed twice, not at all, or not there; and what is described on a page that does not list it."""
    rows = [name for text in texts.values() for name in listed(text)]
    found = [f"{name} is in no table of book/reference/" for name in there if name not in rows]
    found += [f"{name} is listed, and there is no such module" for name in rows if name not in there]
    found += [f"{name} is listed {rows.count(name)} times" for name in sorted(set(rows)) if rows.count(name) > 1]
    for page, text in texts.items():
        shown = described(text)
        found += [f"{page} describes {name} and does not list it" for name in shown if name not in listed(text)]
        found += [f"{page} describes {name} twice" for name in sorted(set(shown)) if shown.count(name) > 1]
    return found


def test_every_module_is_listed_once() -> None:
    assert list_faults({page.name: page.read_text(encoding="utf-8") for page in PAGES}, modules()) == []


ROWS = "   ~translator.a\n   ~translator.b\n"
PLANTED = {
    "a module without a row": (ROWS, ["translator.a", "translator.b", "translator.c"], "translator.c is in no table"),
    "a row without a module": (ROWS, ["translator.a"], "translator.b is listed, and there is no such module"),
    "a row twice": (ROWS + "   ~translator.a\n", ["translator.a", "translator.b"], "translator.a is listed 2 times"),
    "a description without a row": (
        ROWS + ".. automodule:: translator.c\n",
        ["translator.a", "translator.b"],
        "page.md describes translator.c and does not list it",
    ),
    "a description twice": (
        ROWS + 2 * ".. automodule:: translator.a\n",
        ["translator.a", "translator.b"],
        "page.md describes translator.a twice",
    ),
}


@pytest.mark.parametrize(("text", "there", "words"), PLANTED.values(), ids=PLANTED.keys())
def test_planted_faults_of_the_lists_are_named(text: str, there: list[str], words: str) -> None:
    (fault,) = list_faults({"page.md": text}, there)
    assert words in fault
