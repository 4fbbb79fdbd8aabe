"""Decoding: greedy and beam search over one cached decoder."""

from translator.decoding.batch import translate
from translator.decoding.search import beam, greedy

__all__ = ["beam", "greedy", "translate"]
