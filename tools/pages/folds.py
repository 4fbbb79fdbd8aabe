"""Folds that a keyboard opens, a search finds and a link into them unfolds: <details> in place of scripts.

Dropdown admonitions, and sections whose heading starts with "Deeper:". Anchors, numbers and the page's table of
contents stay as they are; book/_static/folds.js opens what a link leads to, and everything for the printer.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

from tools.pages.html import make


def is_deeper(section: nodes.section) -> bool:
    return section.children[0].astext().startswith("Deeper:")


def folded(admonition: nodes.admonition) -> nodes.Element:
    """A dropdown admonition as <details>; its title is what one clicks."""
    title, *body = admonition.children
    classes = [name for name in admonition["classes"] if name != "dropdown"]
    summary = make("summary", list(title.children), ("admonition-title",))
    result = make("details", [summary, *body], ("admonition", "fold", *classes))
    result["ids"] += admonition["ids"]
    result["names"] += admonition["names"]
    return result


class Dropdowns(SphinxTransform):
    default_priority = 710  # after the quiz, which takes its answers

    def apply(self, **_: object) -> None:
        for node in list(self.document.findall(nodes.admonition)):
            if "dropdown" in node["classes"]:
                node.parent.replace(node, folded(node))


class DeeperSections(SphinxPostTransform):
    """After all that reads titles (numbers, table of contents, references): it expects them first in a section."""

    default_priority = 900

    def run(self, **_: object) -> None:
        for section in list(self.document.findall(nodes.section)):
            if is_deeper(section):
                title, *body = section.children
                classes = "deeper fold"
                opening = nodes.raw("", f'<details class="{classes}"><summary>', format="html")
                section.children = []
                section.extend([opening, title, nodes.raw("", "</summary>", format="html")])
                section.extend([*body, nodes.raw("", "</details>", format="html")])


def setup(app: Sphinx) -> None:
    app.add_transform(Dropdowns)
    app.add_post_transform(DeeperSections)
