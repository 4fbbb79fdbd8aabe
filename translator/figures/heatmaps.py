"""A matrix with named rows and columns: attention weights, scores or a mask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import Colormap, LinearSegmentedColormap, ListedColormap, Normalize, to_rgba
from numpy.typing import ArrayLike
from torch import Tensor

from translator.figures.style import HEAT, LETTERS, PALE

_CELL = 0.62  # inches; room for "-0.12" at 11 points
_VECTORS = 1000  # cells that are drawn one by one; more of them are a picture within the figure


def _strength(color: str) -> np.ndarray:
    """(129, 4): one colour from nothing to full strength, laid over whatever the ground is."""
    return np.array([to_rgba(color, share) for share in np.linspace(0.0, 1.0, 129)])


_FROM_ZERO: Colormap = LinearSegmentedColormap.from_list("from_zero", _strength(HEAT["blue"])[[0, -1]])
_BOTH_SIGNS: Colormap = ListedColormap(np.concatenate([_strength(HEAT["orange"])[:0:-1], _strength(HEAT["blue"])]))


def heatmap(
    weights: Tensor | ArrayLike,
    rows: Sequence[str],
    columns: Sequence[str],
    ax: Axes | None = None,
    title: str | None = None,
    row_label: str = "query",
    column_label: str = "key",
    values: bool = True,
) -> Axes:
    """Draw a matrix (len(rows), len(columns)) with a label at every row and column.

    The colour runs from that of the ground at 0 to blue at the largest entry; where entries are negative, from orange
    through none to blue. Minus infinity, the score of a masked key, is grey. A boolean matrix is a mask: blue = may
    attend.

    Args:
        weights: (len(rows), len(columns)), a tensor or array of numbers or booleans.
        rows: one label for each row, top to bottom.
        columns: one label for each column, left to right.
        ax: where to draw; by default a new figure of a fitting size.
        title: a line above the matrix.
        row_label: what the rows are.
        column_label: what the columns are.
        values: write each number into its cell; otherwise a colour bar gives the scale.

    Returns:
        The axes.

    Raises:
        ValueError: the matrix does not have one row for each row label and one column for each column label.
    """
    if isinstance(weights, Tensor):
        weights = weights.detach().cpu()
        weights = weights.double() if weights.is_floating_point() else weights  # numpy knows no bfloat16
    array = np.asarray(weights)
    expected = (len(rows), len(columns))
    if array.shape != expected:
        raise ValueError(
            f"heatmap: found a matrix of shape {array.shape}, expected {expected}: {expected[0]} row labels and "
            f"{expected[1]} column labels. Pick one matrix out of a batch (weights[0]), one head (weights[0, 0]), "
            "and give one label for each row and column."
        )
    is_mask = array.dtype == bool
    matrix = array.astype(float)
    finite = matrix[np.isfinite(matrix)]
    largest = float(np.abs(finite).max(initial=0.0)) or 1.0
    both = bool((finite < 0).any())
    scale = Normalize(-largest if both else 0.0, largest)
    colors = _BOTH_SIGNS if both else _FROM_ZERO

    longest = max((len(label) for label in columns), default=0)
    slanted = longest > 5
    if ax is None:
        cell = _CELL if values else min(_CELL, 4.4 / max(expected))
        width, height = (max(cell * n, 1.2) for n in (len(columns), len(rows)))
        _, ax = plt.subplots(figsize=(width + 1.8, height + 1.1 + (0.07 * longest if slanted else 0.0)))
    edges = [np.arange(n + 1) - 0.5 for n in reversed(expected)]
    cells = ax.pcolormesh(*edges, np.ma.masked_invalid(matrix), cmap=colors.with_extremes(bad=PALE), norm=scale)
    cells.set_rasterized(matrix.size > _VECTORS)
    ax.set(aspect="equal", xlim=edges[0][[0, -1]], ylim=edges[1][[-1, 0]])  # the first row on top
    _label_axes(ax, rows, columns, row_label, column_label, slanted)
    if title:
        ax.set_title(title, pad=10)
    if values and not is_mask:
        _write_values(ax, matrix, cells)
    elif not is_mask:
        bar = ax.figure.colorbar(cells, ax=ax, shrink=0.8)
        if bar.solids is not None:
            bar.solids.set_rasterized(True)  # 256 thin stripes
    return ax


def _label_axes(
    ax: Axes, rows: Sequence[str], columns: Sequence[str], row_label: str, column_label: str, slanted: bool
) -> None:
    """Columns are named on top, where a table has its head; thin white lines part the cells."""
    ax.xaxis.tick_top()
    ax.xaxis.set_label_position("top")
    ax.set_xticks(range(len(columns)), columns)
    if slanted:
        plt.setp(ax.get_xticklabels(), rotation=40, ha="left", rotation_mode="anchor")
    ax.set_yticks(range(len(rows)), rows)
    ax.set_xlabel(column_label, labelpad=8)
    ax.set_ylabel(row_label, labelpad=8)
    ax.grid(False)
    ax.set_xticks(np.arange(len(columns) + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(len(rows) + 1) - 0.5, minor=True)
    ax.grid(which="minor", color=PALE, linewidth=0.8)
    ax.tick_params(which="both", length=0)
    ax.spines[:].set_visible(False)


def _write_values(ax: Axes, matrix: np.ndarray, cells: QuadMesh) -> None:
    """Two decimals in each cell, black or white, whichever stands out more."""
    for (row, column), number in np.ndenumerate(matrix):
        text = f"{number:.2f}" if np.isfinite(number) else str(number).replace("inf", "∞")
        *color, strength = cells.to_rgba(number) if np.isfinite(number) else to_rgba(PALE)
        red, green, blue = (strength * part + 1 - strength for part in color)  # over white
        full = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 < 0.18  # where both contrasts are equal
        ink = LETTERS["on full" if full else "on pale"]
        style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 11, "color": ink}
        ax.text(column, row, text.replace("-", "−"), **style)
