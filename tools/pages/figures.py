"""The book's SVG figures stand inside the page, in colours that follow its theme.

A picture that a page loads as a file knows nothing of the theme that the reader chose. So each SVG that matplotlib drew
becomes part of the HTML: its white ground goes, the colours of our palette become the variables of `figures.css`, and
any other colour gets a dark counterpart of the same hue. Notebooks keep the file as it was drawn.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from translator.figures.style import COLORS, HEAT, INK, LETTERS, PALE, PAPER

PALETTE: dict[str, str] = {
    **{color.lower(): f"var(--fig-{name})" for name, color in COLORS.items()},
    **{color.lower(): f"var(--fig-heat-{name})" for name, color in HEAT.items()},
    INK.lower(): "var(--fig-ink)",
    PALE.lower(): "var(--fig-pale)",
    PAPER.lower(): "var(--fig-paper)",
    LETTERS["on pale"].lower(): "var(--fig-on-pale)",
    LETTERS["on full"].lower(): "var(--fig-on-full)",
}
GROUND = "patch_1"  # matplotlib's name of the white sheet under a figure
PIXELS = 120 / 72  # of the page for a point of the figure: six inches are as wide as the page's text

_COLOR = re.compile(r"#[0-9a-f]{6}\b")
_LONG = re.compile(r"-?\d+\.\d{3,}")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
# OKLab (B. Ottosson 2020): to cone responses, and from their cube roots to lightness and two axes of colour.
_CONES = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip
_DARKEST, _LIGHTEST = 0.18, 0.93  # lightness of what was white and of what was black


def dark(color: str) -> str:
    """The counterpart of a colour on a dark ground: the same hue, what was light is dark."""
    rgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lightness, *hue = _LAB @ np.cbrt(_CONES @ linear)
    turned = np.array([_DARKEST + (_LIGHTEST - _DARKEST) * max(1 - lightness, 0) ** 0.8, *hue])
    linear = np.clip(np.linalg.solve(_CONES, np.linalg.solve(_LAB, turned) ** 3), 0, 1)
    rgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * part):02x}" for part in rgb)


def in_both_themes(style: str) -> str:
    """A style with each of its colours replaced by one that follows the theme."""

    def follow(match: re.Match[str]) -> str:
        color = match[0]
        return PALETTE.get(color) or f"light-dark({color}, {dark(color)})"

    return _COLOR.sub(follow, style)


def themed(svg: str, alt: str, width: str = "") -> str:
    """The HTML of a figure that matplotlib drew.

    Args:
        svg: the file's text.
        alt: what a reader hears who cannot see it.
        width: CSS; by default the size at which it was drawn.
    """
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
        element.text = element.tail = None  # indentation
    points = float(root.attrib["width"].removesuffix("pt"))
    _remove(root, lambda element: element.tag in ("metadata", "style") or element.get("id") == GROUND)
    # Names that are the figure's own, because a page has several figures and a preview may show that of another page.
    prefix = f"fig-{hashlib.sha256(svg.encode()).hexdigest()[:6]}-"
    names = {name: f"{prefix}{number}" for number, name in enumerate(dict.fromkeys(_references(root)))}
    for element in root.iter():
        _tidy(element, names)
    _remove(root, lambda element: element.tag in ("defs", "g") and not len(element))
    root.attrib = {"viewBox": root.attrib["viewBox"], "class": "drawn", "role": "img", "aria-label": alt}
    root.set("style", f"width: {width or f'{points * PIXELS:.0f}px'}")
    return ElementTree.tostring(root, encoding="unicode")


def _remove(root: Element, is_unwanted: Callable[[Element], bool]) -> None:
    for parent in reversed(list(root.iter())):  # leaves first, because a group may lose all that it had
        for child in [child for child in parent if is_unwanted(child)]:
            parent.remove(child)


def _references(root: Element) -> Iterator[str]:
    """The names that other parts of the drawing refer to."""
    for element in root.iter():
        if element.get("href", "").startswith("#"):
            yield element.attrib["href"][1:]
        for value in element.attrib.values():
            yield from _REFERENCE.findall(value)


def _tidy(element: Element, names: dict[str, str]) -> None:
    """Names, colours and numbers of one element."""
    name = element.attrib.pop("id", "")
    if name in names:
        element.set("id", names[name])
    if name.startswith("QuadMesh"):
        element.set("class", "mesh")
    if element.get("href", "").startswith("#"):
        element.set("href", f"#{names[element.attrib['href'][1:]]}")
    for attribute in ("style", "fill", "stroke", "clip-path"):
        if value := element.get(attribute):
            value = _REFERENCE.sub(lambda match: f"url(#{names[match[1]]})", value)
            element.set(attribute, in_both_themes(value))
    for attribute in ("d", "x", "y"):
        if value := element.get(attribute):
            element.set(attribute, _LONG.sub(lambda number: f"{float(number[0]):.2f}", " ".join(value.split())))


def is_drawn(svg: str) -> bool:
    """Whether a file is one of matplotlib's figures, which only have a palette that is known."""
    return 'id="figure_1"' in svg


class InlineFigures(SphinxPostTransform):
    """Replaces each image whose file is a figure of matplotlib's by the SVG itself."""

    formats = ("html",)
    default_priority = 210  # after Sphinx has chosen among the candidates of an image

    def run(self, **kwargs: Any) -> None:
        for image in list(self.document.findall(nodes.image)):
            file = Path(self.env.srcdir, image["uri"])
            if file.suffix == ".svg" and file.is_file() and is_drawn(text := file.read_text(encoding="utf-8")):
                inline = themed(text, image.get("alt", ""), image.get("width", ""))
                image.replace_self(nodes.raw("", inline, format="html"))


def setup(app: Sphinx) -> None:
    app.add_post_transform(InlineFigures)
