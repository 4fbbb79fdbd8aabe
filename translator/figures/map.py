"""The map of the Transformer: our own drawing of the encoder-decoder of Vaswani et al. 2017, figure 1.

Read it from the bottom up, as in the paper: the source sentence enters on the left, the target so far on the right, and
the next token leaves at the top. Every chapter opens with it, the parts of the day in colour and the rest in grey.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

from translator.figures.style import COLORS, PALE

#: Each part that can be lit, and its colour.
PARTS: dict[str, str] = {
    "text": "orange",
    "embedding": "blue",
    "positions": "purple",
    "attention": "blue",
    "masks": "red",
    "multi-head": "blue",
    "feed-forward": "green",
    "residual": "purple",
    "encoder": "blue",
    "decoder": "green",
    "cross-attention": "orange",
    "output": "green",
    "training": "purple",
    "decoding": "red",
}

Cells = tuple[tuple[int, ...], ...]
PADDING: Cells = ((1, 1, 1, 0),) * 4  # the last key is padding
CAUSAL: Cells = tuple(tuple(int(key <= query) for key in range(4)) for query in range(4))

WIDTH, HEIGHT = 53.0, 59.4  # of the drawing, in tenths of an inch, as all lengths here
LEFT, RIGHT = 12.4, 38.4  # where the streams of encoder and decoder run
FOOT = 12.0  # lower edge of both stacks
BLOCK = 17.0  # width of a sub-layer
STEP = 2.2  # from one sub-layer to the next


def transformer_map(lit: Iterable[str] = ("attention",), ax: Axes | None = None) -> Axes:
    """Draw the encoder-decoder with the parts in `lit` coloured and everything else grey.

    Args:
        lit: names of parts, the keys of `PARTS`; none for a map in grey, `PARTS` itself for all.
        ax: where to draw; by default a new figure of 5.3 by 5.9 inches.

    Returns:
        The axes, without ticks or frame.

    Raises:
        ValueError: a name that is not a part of the map.
    """
    names = {lit} if isinstance(lit, str) else set(lit)
    if unknown := sorted(names - PARTS.keys()):
        raise ValueError(f"transformer_map: found {', '.join(unknown)}; expected any of: {', '.join(PARTS)}.")
    if ax is None:
        figure = plt.figure(figsize=(WIDTH / 10, HEIGHT / 10), layout="none")
        ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    ax.set(xlim=(0, WIDTH), ylim=(0, HEIGHT), aspect="equal")
    ax.axis("off")
    pen = _Pen(ax, frozenset(names))
    memory = _encoder(pen)
    top = _decoder(pen, memory)
    _entrance(pen)
    _exit(pen, top)
    return ax


@dataclass(frozen=True)
class _Pen:
    """Draws in units of a tenth of an inch, with letters that shrink with the axes; knows which parts are lit."""

    ax: Axes
    lit: frozenset[str]

    def first(self, *parts: str) -> str | None:
        """The first of these parts that is lit."""
        return next((part for part in parts if part in self.lit), None)

    def color(self, *parts: str, rest: str = PALE) -> str:
        part = self.first(*parts)
        return COLORS[PARTS[part]] if part else rest

    def text(
        self, x: float, y: float, words: str, *parts: str, size: float = 12.0, color: str = "", **more: Any
    ) -> None:
        box = self.ax.get_window_extent()
        scale = min(box.width / WIDTH, box.height / HEIGHT) * 10 / self.ax.figure.dpi
        color = color or self.color(*parts, rest=COLORS["grey"])
        weight = "bold" if self.first(*parts) else "normal"
        style: dict[str, Any] = {
            "ha": "center",
            "va": "center",
            "fontsize": size * scale,
            "weight": weight,
            "color": color,
        }
        self.ax.text(x, y, words, zorder=6, **(style | more))

    def box(self, x: float, y: float, width: float, height: float, words: str, *parts: str, size: float = 12.0) -> None:
        """A rounded box with its middle at (x, y): filled and written in white when lit."""
        self.frame(x - width / 2, y - height / 2, width, height, *parts, fill=self.color(*parts, rest="white"))
        self.text(x, y, words, *parts, size=size, color="white" if self.first(*parts) else COLORS["grey"])

    def frame(
        self, x: float, y: float, width: float, height: float, *parts: str, fill: str = "white", layer: float = 4
    ) -> None:
        """A rounded outline with its lower left corner at (x, y)."""
        shape = FancyBboxPatch((x, y), width, height, boxstyle="round,pad=0,rounding_size=0.8", zorder=layer)
        shape.set(facecolor=fill, edgecolor=self.color(*parts), linewidth=2.0 if self.first(*parts) else 1.2)
        self.ax.add_patch(shape)

    def line(
        self, *points: tuple[float, float], parts: tuple[str, ...] = (), layer: float = 3, tip: bool = True
    ) -> None:
        """A line through the points that ends in an arrow."""
        color = self.color(*parts, rest="#A4A9B0")
        width = 2.4 if self.first(*parts) else 1.2
        xs, ys = zip(*points, strict=True)
        if len(points) > 2:
            self.ax.plot(xs[:-1], ys[:-1], color=color, linewidth=width, zorder=layer, solid_capstyle="round")
        arrow = {"arrowstyle": "-|>" if tip else "-", "color": color, "linewidth": width, "mutation_scale": 11}
        arrow |= {"shrinkA": 0, "shrinkB": 0, "joinstyle": "miter"}
        self.ax.annotate("", points[-1], points[-2], arrowprops=arrow, zorder=layer)

    def tokens(self, x: float, y: float, words: str) -> None:
        """Three tokens in a row, the middle one at (x, y)."""
        for place, word in enumerate(words.split()):
            self.box(x + (place - 1) * 7.2, y, 6.6, 3.0, word, "text", size=11.5)

    def grid(self, x: float, y: float, cells: Cells) -> None:
        """A little mask with its lower left corner at (x, y): dark where a query may attend."""
        side, shut = 0.85, "#E9EBEE"
        for row, line in enumerate(cells):
            for column, is_open in enumerate(line):
                corner = (x + column * side, y + (len(cells) - 1 - row) * side)
                fill = self.color("masks", rest="#A4A9B0") if is_open else shut
                cell = Rectangle(corner, side, side, facecolor=fill, edgecolor="white", linewidth=1, zorder=5)
                self.ax.add_patch(cell)


def _attention(pen: _Pen, x: float, y: float, mask: Cells, *parts: str) -> float:
    """A multi-head sub-layer standing on y: the heads as a stack of sheets, in front the attention core."""
    fill = "#E4ECF7" if "multi-head" in pen.lit else "white"
    for depth in (2, 1, 0):
        corner = (x - BLOCK / 2 + 0.6 * depth, y + 0.6 * depth)
        pen.frame(*corner, BLOCK, 5.8, "multi-head", fill=fill, layer=3.5 - 0.1 * depth)
    pen.text(x, y + 4.6, "multi-head", "multi-head")
    pen.box(x - 2.1, y + 1.9, 11.6, 3.0, "attention", *parts, "attention")
    pen.grid(x + BLOCK / 2 - 4.2, y + 0.2, mask)
    return _add_and_norm(pen, x, y, y + 5.8 + 1.2)


def _feed_forward(pen: _Pen, x: float, y: float) -> float:
    pen.box(x, y + 1.5, BLOCK, 3.0, "feed-forward", "feed-forward")
    return _add_and_norm(pen, x, y, y + 3.0)


def _add_and_norm(pen: _Pen, x: float, bottom: float, top: float) -> float:
    """The path into a sub-layer, the residual path around it, and the sum behind it; returns where the next stands."""
    middle = top + 1.1 + 1.2
    side = x - BLOCK / 2 - 1.6
    pen.line((x, bottom - STEP), (x, bottom))
    pen.line((x, top), (x, middle - 1.2))
    pen.line((x, bottom - 1.2), (side, bottom - 1.2), (side, middle), (x - BLOCK / 2, middle), parts=("residual",))
    pen.box(x, middle, BLOCK, 2.4, "add & norm", "residual", size=11.5)
    return middle + 1.2 + STEP


def _stack(pen: _Pen, x: float, top: float, name: str, fill: str) -> float:
    """The frame around a layer, its name, and how often the layer is repeated; returns the upper edge."""
    edge = top + 2.0
    pen.frame(x - 12.0, FOOT, 23.0, edge - FOOT, name, fill=fill if name in pen.lit else "#F6F7F8", layer=1)
    pen.text(x - 6.0, edge - 1.8, name, name)
    pen.text(x + 6.0, edge - 1.8, "× 6", name)
    return edge


def _encoder(pen: _Pen) -> float:
    """The left half; returns its upper edge."""
    top = _attention(pen, LEFT, FOOT + STEP, PADDING)
    top = _feed_forward(pen, LEFT, top)
    return _stack(pen, LEFT, top, "encoder", "#EEF3FA")


def _decoder(pen: _Pen, memory: float) -> float:
    """The right half, with the memory coming from the height `memory` on the left; returns its upper edge."""
    cross = _attention(pen, RIGHT, FOOT + STEP, CAUSAL)
    top = _attention(pen, RIGHT, cross, PADDING, "cross-attention")
    top = _feed_forward(pen, RIGHT, top)
    gap, height = (LEFT + RIGHT) / 2 - 0.5, cross + 1.9
    path = [(LEFT, memory - 2.0 - STEP), (LEFT, memory + 2.0), (gap, memory + 2.0), (gap, height)]
    pen.line(*path, (RIGHT - BLOCK / 2, height), parts=("cross-attention",))
    pen.text(LEFT, memory + 3.8, "cross-attention", "cross-attention")
    return _stack(pen, RIGHT, top, "decoder", "#EAF5EF")


def _entrance(pen: _Pen) -> None:
    """Tokens, their embeddings, and one wave of positions that is added to both streams."""
    height = FOOT - 2.4
    for x, words in ((LEFT, "the dog barks"), (RIGHT, "⟨s⟩ der Hund")):
        pen.tokens(x, 1.7, words)
        pen.line((x, 3.2), (x, 4.4))
        pen.box(x, 5.9, 13.0, 3.0, "embedding", "embedding")
        pen.line((x, 7.4), (x, height - 1.1))
        pen.line((x, height), (x, FOOT + STEP - 1.0), tip=False)
        circle = Circle((x, height), 1.1, facecolor="white", edgecolor=pen.color("positions"), linewidth=1.6, zorder=4)
        pen.ax.add_patch(circle)
        pen.text(x, height, "+", "positions", size=13)
    xs = np.linspace(LEFT + 1.1, RIGHT - 1.1, 200)
    ys = height + 0.9 * np.sin((xs - xs[0]) / (xs[-1] - xs[0]) * 12 * np.pi)
    pen.ax.plot(xs, ys, color=pen.color("positions"), linewidth=2.2 if "positions" in pen.lit else 1.4, zorder=3)
    pen.text((LEFT + RIGHT) / 2, height - 3.0, "positions", "positions")


def _exit(pen: _Pen, top: float) -> None:
    """From the decoder's last layer to the next token, to the loss, and round again."""
    middle, height = top + 1.2 + 1.5, top + 1.2 + 3.0 + 1.2 + 1.5
    pen.line((RIGHT, top - 2.0 - STEP), (RIGHT, middle - 1.5))
    pen.box(RIGHT, middle, BLOCK, 3.0, "linear, softmax", "output")
    pen.line((RIGHT, middle + 1.5), (RIGHT, height - 1.5))
    pen.tokens(RIGHT, height, "der Hund bellt")

    far = RIGHT + 10.5
    loop = [(far, height), (far + 3.0, height), (far + 3.0, 1.7), (far, 1.7)]
    pen.line(*loop, parts=("decoding",))
    pen.text(far + 3.0, 30.0, "decoding", "decoding", rotation=90, backgroundcolor="white")

    pen.frame(LEFT - 8.5, height - 8.0, BLOCK, 9.5, "training")
    pen.text(LEFT, height - 0.4, "training", "training")
    pen.line((RIGHT - BLOCK / 2, middle), (LEFT + BLOCK / 2, middle), parts=("training",))
    xs = np.linspace(0.0, 1.0, 50)
    ys = height - 7.0 + 4.6 * (0.1 + 0.9 * np.exp(-4 * xs))
    pen.ax.plot(LEFT - 6.5 + 13.0 * xs, ys, color=pen.color("training", rest="#A4A9B0"), linewidth=2.2, zorder=5)
