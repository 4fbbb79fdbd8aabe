"""One node for every element of HTML that docutils does not know."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


class element(nodes.General, nodes.Element):
    """An element with the name node["tag"] and the attributes of the dictionary node["attributes"]."""


def make(tag: str, children: list[nodes.Node], classes: tuple[str, ...] = (), **attributes: str) -> element:
    """An element of HTML. An attribute's name is written with _ for -."""
    named = {name.replace("_", "-"): value for name, value in attributes.items()}
    return element("", *children, tag=tag, attributes=named, classes=list(classes))


def visit(self: HTML5Translator, node: element) -> None:
    self.body.append(self.starttag(node, node["tag"], "", **node["attributes"]))


def depart(self: HTML5Translator, node: element) -> None:
    self.body.append(f"</{node['tag']}>" + ("" if node["tag"] == "span" else "\n"))


def setup(app: Sphinx) -> None:
    app.add_node(element, html=(visit, depart))
