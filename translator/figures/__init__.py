"""Drawing: the book's one visual style, attention heatmaps, and the map of the Transformer."""

from translator.figures.heatmaps import heatmap
from translator.figures.map import PARTS, transformer_map
from translator.figures.style import COLORS, use_style

__all__ = ["COLORS", "PARTS", "heatmap", "transformer_map", "use_style"]
