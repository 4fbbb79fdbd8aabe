"""The minutes of a chapter under its title, and of each Deeper part in its own: counted, never typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.writers.html5 import HTML5Translator

from tools.reading_time import Reading, reading, whole

CHAPTER = re.compile(r"book/\d\d-[\w-]+")
TYPED = re.compile(r"\s*\(\d+ min\)$")


class minutes(nodes.General, nodes.Element):
    """The line under a chapter's title: no text of the document, so that no search and no summary starts with it."""


def line(found: Reading) -> str:
    """What stands under the title: `28 min · 9 more folded`."""
    return f"{whole(found.core)} min" + (f" · {whole(found.folded)} more folded" if found.folded else "")


def key(title: str) -> str:
    """A title without its mark, its minutes and its markup, so that source and page can be compared."""
    return re.sub(r"\W|_", "", TYPED.sub("", title).removeprefix("Deeper:"))


def titles(document: nodes.document) -> Iterator[nodes.Element]:
    """The titles of the Deeper parts: of sections and of admonitions."""
    for node in document.findall(nodes.title):
        if node.astext().startswith("Deeper:") and isinstance(node.parent, nodes.section | nodes.admonition):
            yield node


def with_minutes(title: nodes.Element, shown: int) -> None:
    """Write the minutes at the end of a title, in place of what an author typed there."""
    last = list(title.findall(nodes.Text))[-1]
    last.parent.replace(last, nodes.Text(f"{TYPED.sub('', last.astext())} ({shown} min)"))


class Minutes(SphinxTransform):
    default_priority = 690  # before the quiz and the folds

    def apply(self, **_: object) -> None:
        if not CHAPTER.fullmatch(self.env.docname):
            return
        found = reading(nbformat.read(Path(self.env.doc2path(self.env.docname)), as_version=4))
        counted = {key(title): spent for title, spent in found.deeper.items()}
        for title in titles(self.document):
            if (name := key(title.astext())) in counted:
                with_minutes(title, whole(counted[name]))
        first = next(iter(self.document.findall(nodes.title)))
        first.parent.insert(1, minutes(text=line(found)))


def visit(self: HTML5Translator, node: minutes) -> None:
    self.body.append(f'<p class="minutes">{node["text"]}</p>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    app.add_node(minutes, html=(visit, None))
    app.add_transform(Minutes)
