"""The cross-attention of one translation as a figure."""

from __future__ import annotations

from pathlib import Path

from translator.decoding.search import beam, greedy
from translator.decoding.translate import cross_attention, encode
from translator.errors import InputError
from translator.tokenizer import Tokenizer
from translator.transformer import Transformer
from translator.vocabulary import EOS


def draw(model: Transformer, tokenizer: Tokenizer, text: str, width: int, path: Path) -> None:
    """Write a figure: a heatmap a layer, rows the target's tokens, columns the source's, the mean over the heads.

    The format is that of the file's name: png, svg or pdf.
    """
    from matplotlib.figure import Figure

    from translator.figures import heatmap, use_style

    (source,) = encode(model, tokenizer, [text])
    (target,) = greedy(model, [source]) if width == 1 else beam(model, [source], width)
    weights = cross_attention(model, source, [*target, EOS]).mean(1)  # (layers, Lt, Ls)
    rows, columns = tokenizer.pieces([*target, EOS]), tokenizer.pieces(source)
    use_style()
    across = min(2, len(weights))
    down = -(-len(weights) // across)
    figure = Figure(
        figsize=(across * (1.5 + 0.45 * len(columns)), down * (1.5 + 0.4 * len(rows))), layout="constrained"
    )
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
