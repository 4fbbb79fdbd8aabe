"""Text to batches: corpora, tokenizer, token-bucketed batches."""
