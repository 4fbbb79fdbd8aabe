"""Decoding: greedy and beam search over one cached decoder."""

from translator.decoding.search import beam, greedy
from translator.decoding.translate import translate

__all__ = ["beam", "greedy", "translate"]
