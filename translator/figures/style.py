"""One visual style for every figure of the book: legible on a light card in either theme, the same on every machine."""

from __future__ import annotations

import matplotlib.pyplot as plt
from cycler import cycler

#: Six colours that readers with any colour vision can tell apart, each dark enough for text on white.
COLORS: dict[str, str] = {
    "blue": "#0F4C9E",
    "orange": "#B65E00",
    "green": "#147E45",
    "red": "#8E0A18",
    "purple": "#985EA7",
    "grey": "#6B6F75",
}

INK = "#1F2328"  # text and axes
PALE = "#C9CDD2"  # what stays in the background


def use_style() -> None:
    """Set matplotlib's defaults to the book's style. Call it once, in the cell that imports.

    It starts from matplotlib's own defaults, so that a reader's matplotlibrc changes nothing, and uses the fonts that
    matplotlib ships. Figures have a white ground in both themes: the site shows them on a light card.
    """
    plt.rcdefaults()
    plt.rcParams.update(
        {
            # 6 inches at 120 dots are as wide as the page's text; on a phone 13 points are then still readable.
            "figure.figsize": (6.0, 3.6),
            "figure.dpi": 120,
            "figure.constrained_layout.use": True,
            "savefig.dpi": "figure",
            "savefig.facecolor": "white",
            "svg.hashsalt": "translator",
            "font.family": "DejaVu Sans",
            "mathtext.fontset": "dejavusans",
            "font.size": 13,
            "axes.titlesize": 13,
            "axes.labelsize": 13,
            "xtick.labelsize": 12,
            "ytick.labelsize": 12,
            "legend.fontsize": 12,
            "legend.frameon": False,
            "text.color": INK,
            "axes.labelcolor": INK,
            "axes.edgecolor": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.color": PALE,
            "grid.linewidth": 0.6,
            "lines.linewidth": 2.2,
            "lines.markersize": 7,
            "axes.prop_cycle": cycler(
                color=[COLORS[name] for name in ("blue", "orange", "green", "purple", "red", "grey")]
            ),
        }
    )
