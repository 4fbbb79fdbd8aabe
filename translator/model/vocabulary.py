"""The three special tokens. Their ids are fixed here and nowhere else; every tokenizer is checked against them."""

from __future__ import annotations

#: In the order of their ids.
SPECIAL = ("<pad>", "<s>", "</s>")
PAD, BOS, EOS = range(3)
