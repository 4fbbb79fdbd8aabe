"""The cross-attention of one translation as a figure."""

from __future__ import annotations

from pathlib import Path

from translator.data.tokenizer import Tokenizer
from translator.decoding.batch import cross_attention, encode
from translator.decoding.search import beam, greedy
from translator.errors import InputError
from translator.model.transformer import Transformer
from translator.model.vocabulary import EOS

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


def draw(model: Transformer, tokenizer: Tokenizer, text: str, width: int, path: Path) -> None:
    """Write a figure: a heatmap a layer, rows the target's tokens, columns the source's, the mean over the heads.

    The format is that of the file's name: png, svg or pdf.

    Raises:
        InputError: the file cannot be written, or no font has the characters.
    """
    from matplotlib import rc_context, rcParams
    from matplotlib.figure import Figure

    from translator.figures import heatmap, use_style

    (source,) = encode(model, tokenizer, [text])
    (target,) = greedy(model, [source]) if width == 1 else beam(model, [source], width)
    weights = cross_attention(model, source, [*target, EOS]).mean(1)  # (layers, Lt, Ls)
    rows, columns = tokenizer.pieces([*target, EOS]), tokenizer.pieces(source)
    across = min(2, len(weights))
    down = -(-len(weights) // across)
    size = (across * (2.2 + 0.62 * len(columns)), down * (2.0 + 0.62 * len(rows)))  # inches; cells are square
    with rc_context():
        use_style()
        rcParams["font.family"] = [*rcParams["font.family"], *_fonts("".join(rows + columns))]
        figure = Figure(figsize=size, layout="constrained")
        for layer, ax in enumerate(figure.subplots(down, across, squeeze=False).flat):
            if layer < len(weights):
                title = f"decoder layer {layer + 1}"
                heatmap(weights[layer], rows, columns, ax, title, "target", "source", values=False)
            else:
                ax.set_axis_off()
        try:
            figure.savefig(path)
        except (OSError, ValueError) as error:
            raise InputError(f"--attention {path}: {error}") from None


def _fonts(text: str) -> list[str]:
    """A font for the Chinese characters of a text, if there are any."""
    from matplotlib.font_manager import fontManager

    if not any("\u3000" <= character <= "\u9fff" for character in text):
        return []
    for name in CHINESE:
        if name in fontManager.get_font_names():
            return [name]
    raise InputError("--attention: no font here has Chinese characters. Install one, for example Noto Sans CJK.")
