"""The cross-attention of one translation as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor

from translator.data.tokenizer import Tokenizer
from translator.decoding.batch import cross_attention, encode
from translator.errors import InputError
from translator.model.transformer import Transformer
from translator.model.vocabulary import EOS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CELL = 0.62  # inches
#: Inches beside a matrix and its labels: name of the rows and colour bar; title and name of the columns.
MARGIN = (1.8, 1.3)
#: Fonts with Chinese characters, as the common systems name them.
CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Heiti TC",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
)


def draw(model: Transformer, tokenizer: Tokenizer, text: str, target: Sequence[int], path: Path) -> None:
    """Write a figure of what each token of a translation looked at.

    Args:
        text: the source.
        target: ids of its translation, without BOS and EOS.
        path: the format is that of its name: png, svg or pdf.

    Raises:
        InputError: the file cannot be written, or no font has the characters.
    """
    (source,) = encode(model, tokenizer, [text])
    weights = cross_attention(model, source, [*target, EOS]).mean(1)  # (layers, Lt, Ls)
    picture = figure(weights, tokenizer.pieces([*target, EOS]), tokenizer.pieces(source))
    try:
        picture.savefig(path, dpi="figure")
    except (OSError, ValueError) as error:
        raise InputError(f"--attention {path}: {error}") from None


def figure(weights: Tensor, rows: Sequence[str], columns: Sequence[str]) -> Figure:
    """A heatmap a layer: rows are the target's tokens, columns the source's.

    Args:
        weights: (layers, len(rows), len(columns)), the mean over the heads.

    Raises:
        InputError: no font has the characters.
    """
    from matplotlib import rc_context, rcParams
    from matplotlib.figure import Figure

    from translator.figures import heatmap, use_style

    across = min(2, len(weights))
    down = -(-len(weights) // across)
    with rc_context():
        use_style()
        rcParams["font.family"] = [*rcParams["font.family"], *_fonts("".join([*rows, *columns]))]
        result = Figure(layout="constrained")
        axes = result.subplots(down, across, squeeze=False).flatten()
        for layer, ax in enumerate(axes):
            if layer < len(weights):
                title = f"decoder layer {layer + 1}"
                heatmap(weights[layer], rows, columns, ax, title, "target", "source", values=False).set_aspect("auto")
            else:
                ax.set_axis_off()
        width, height = _room(axes[0], result.dpi, len(rows), len(columns))
        result.set_size_inches(across * width, down * height)
        for _ in range(2):  # the colour bar gets other ticks, and its labels another width, once there is a layout
            result.draw_without_rendering()
        result.set_layout_engine("none")
    return result


def _room(ax: Axes, dpi: float, rows: int, columns: int) -> tuple[float, float]:
    """Width and height in inches of a heatmap whose cells are square, with all that stands around them."""
    across, along = (
        [label.get_window_extent() for label in labels] for labels in (ax.get_xticklabels(), ax.get_yticklabels())
    )
    # Column labels may be slanted, and then reach beyond the last column; row labels stand to the left.
    width = max(box.width for box in along) + max(box.width for box in across)
    return (
        MARGIN[0] + width / dpi + CELL * max(columns, 2),
        MARGIN[1] + max(box.height for box in across) / dpi + CELL * max(rows, 2),
    )


def _fonts(text: str) -> list[str]:
    """A font for the Chinese characters of a text, if there are any."""
    from matplotlib.font_manager import fontManager

    if not any("\u3000" <= character <= "\u9fff" for character in text):
        return []
    for name in CHINESE:
        if name in fontManager.get_font_names():
            return [name]
    raise InputError("--attention: no font here has Chinese characters. Install one, for example Noto Sans CJK.")
