"""The model: the parts of the Transformer, one module each, and nothing of text, files or training."""
