"""Drawing: the book's one visual style, attention heatmaps, and the map of the Transformer."""
