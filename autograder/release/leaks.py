"""Does anything that is handed out hold what should stay with the instructor: region markers, solutions, hidden tests?

A needle is a single secret line of 40 characters or more, or a run of three consecutive secret lines, white space
normalised. What also stands among the visible cells of the source, or is allowed with a reason, is no needle.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from autograder.errors import CourseError
from autograder.notebooks.source import Source

LONG = 40
RUN = 3
REGIONS = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END \1", re.S)
MARKERS = tuple(f"### {edge} {region}" for edge in ("BEGIN", "END") for region in ("SOLUTION", "HIDDEN TESTS"))
TEXT_FILES = {".html", ".ipynb", ".md", ".txt", ".py", ".json", ".js", ".toml", ".csv", ".xml", ".inv"}


@dataclass(frozen=True)
class Needle:
    """A secret text and where it comes from."""

    text: str
    origin: str


def lines_of(text: str) -> list[str]:
    """The lines of a text, white space normalised, empty ones dropped."""
    return [line for line in (" ".join(line.split()) for line in text.splitlines()) if line]


def runs(lines: list[str]) -> Iterator[str]:
    """The single long lines, and every run of RUN lines."""
    yield from (line for line in lines if len(line) >= LONG)
    yield from ("\n".join(lines[at : at + RUN]) for at in range(len(lines) - RUN + 1))


def needles(source: Source, allowed: Iterable[str] = ()) -> list[Needle]:
    """What must not be found anywhere that students can read."""
    visible = "\n".join("\n".join(lines_of(REGIONS.sub("", cell.source + "\n"))) for cell in source.notebook.cells)
    permitted = {"\n".join(lines_of(text)) for text in allowed}
    found: dict[str, Needle] = {}
    for cell in source.code:
        for region in REGIONS.finditer(cell.source + "\n"):
            for text in runs(lines_of(region[2])):
                if text not in visible and text not in permitted:
                    found[text] = Needle(text, f"{source.assignment}/{cell.metadata.nbgrader.grade_id}")
    return list(found.values())


def read_allowed(path: Path) -> list[str]:
    """The texts that stand in a chapter on purpose. Raises CourseError for an entry without a reason."""
    if not path.exists():
        return []
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("allow", [])
    for entry in entries:
        if not entry.get("reason", "").strip():
            raise CourseError(f"{path}: the entry {entry.get('text')!r} needs a reason.")
    return [entry["text"] for entry in entries]


def strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value: sources (joined), outputs, metadata, keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield "".join(value)  # nbformat splits a cell's source into lines
        else:
            for item in value:
                yield from strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)


def readable(path: Path) -> str:
    """The text that a reader of this file sees: HTML without tags, a notebook's strings, else the text itself."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".html":
        soup = BeautifulSoup(text, "html.parser")
        # A highlighter splits code into spans; get_text joins them again. Scripts and comments count too.
        return soup.get_text() + "\n" + "\n".join(str(value) for tag in soup.find_all() for value in tag.attrs.values())
    if path.suffix in (".ipynb", ".json"):
        try:
            return "\n".join(strings(json.loads(text)))
        except ValueError:
            return text
    return text


def leaks_in(text: str, secret: Iterable[Needle]) -> list[str]:
    """What `text` gives away, a sentence each."""
    hay = "\n".join(lines_of(text))
    found = [f"the region marker {marker!r}" for marker in MARKERS if marker in hay]
    return found + [f"{needle.origin}: {needle.text!r}" for needle in secret if needle.text in hay]


def leaks(folder: Path, secret: list[Needle]) -> list[str]:
    """The leaks of every text file under `folder`, each with its file."""
    found: list[str] = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in TEXT_FILES:
            found += [f"{path.relative_to(folder)}: {leak}" for leak in leaks_in(readable(path), secret)]
    return found
