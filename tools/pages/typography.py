"""No comma at the start of a line: a formula and the punctuation around it stay together."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from tools.pages.html import make

AFTER = re.compile(r"[,.;:!?)\]’”%-]+")
BEFORE = re.compile(r"[(\[“‘]+$")


def kept_together(formula: nodes.math) -> None:
    """Put a formula and the signs that touch it into an element that does not break."""
    parent = formula.parent  # it changes hands below
    siblings, place = parent.children, parent.index(formula)
    before = siblings[place - 1] if place else None
    after = siblings[place + 1] if place + 1 < len(siblings) else None
    opening = BEFORE.search(before) if isinstance(before, nodes.Text) else None
    closing = AFTER.match(after) if isinstance(after, nodes.Text) else None
    if not opening and not closing:
        return
    first, last = place, place + 1
    new: list[nodes.Node] = [formula]
    rest: list[nodes.Node] = []
    lead: list[nodes.Node] = []
    if opening:
        first -= 1
        lead, new = [nodes.Text(before[: opening.start()])], [nodes.Text(opening[0]), *new]
    if closing:
        last += 1
        new, rest = [*new, nodes.Text(closing[0])], [nodes.Text(after[closing.end() :])]
    parent[first:last] = [*lead, make("span", new, ("together",)), *rest]


class Typography(SphinxPostTransform):
    default_priority = 910

    def run(self, **_: object) -> None:
        for formula in list(self.document.findall(nodes.math)):
            kept_together(formula)


def setup(app: Sphinx) -> None:
    app.add_post_transform(Typography)
