"""One visual style for every figure of the book: vector graphics in few colours, the same on every machine.

A notebook stores its figures as SVG on a white ground, which every viewer shows legibly in either theme. The site takes
the ground away and gives each colour of this palette its counterpart in the dark theme.
"""

from __future__ import annotations

import sys
from typing import Any

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
PAPER = "#FFFFFF"  # the ground, and letters on a filled box

# The cells of a heatmap are laid over the ground, thin or thick, and carry letters. Their colours differ by one step
# from those above, so that the site can give them dark counterparts on which the same letters stay readable.
HEAT: dict[str, str] = {"blue": "#0F4C9F", "orange": "#B65E01"}
LETTERS: dict[str, str] = {"on pale": "#000000", "on full": "#FEFEFE"}


def use_style() -> None:
    """Set matplotlib's defaults to the book's style. Call it once, in the cell that imports.

    It starts from matplotlib's own defaults, so that a reader's matplotlibrc changes nothing, and uses the fonts that
    matplotlib ships. In a notebook, figures become SVG. Draw a cloud of more than 500 points with `rasterized=True`.
    """
    plt.rcdefaults()
    _vector_graphics_in_notebooks()
    plt.rcParams.update(
        {
            # 6 inches at 120 dots are as wide as the page's text; on a phone 13 points are then still readable.
            "figure.figsize": (6.0, 3.6),
            "figure.dpi": 120,
            "figure.constrained_layout.use": True,
            "savefig.dpi": "figure",
            "savefig.facecolor": PAPER,
            "svg.hashsalt": "translator",  # else each run names its parts differently
            "svg.fonttype": "path",  # letters as outlines: formulas keep their shape where DejaVu is not installed
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


def _vector_graphics_in_notebooks() -> None:
    """Let IPython's inline backend write SVG; outside of a notebook there is nothing to do."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return
    from matplotlib_inline.config import InlineBackend

    inline = InlineBackend.instance(parent=shell)
    inline.shell = shell
    # No date and no version, so that a figure that did not change is stored as it was. The dots are those of what is
    # rasterized within a figure.
    options: dict[str, Any] = {"bbox_inches": "tight", "dpi": 240}
    options["metadata"] = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    inline.print_figure_kwargs = options
    inline.figure_formats = {"svg"}
