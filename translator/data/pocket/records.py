"""A sentence in three languages, a pair of two of them, and how both come from a meaning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from translator.data.pocket.grammar.meaning import Combination, Meaning
from translator.data.pocket.words import Word
from translator.data.pocket.writers import chinese, english, german

LANGUAGES = ("en", "de", "zh")
PUNCTUATION = frozenset(".,?。，？")

WRITERS: dict[str, Callable[[Meaning], list[Word]]] = {
    "en": english.sentence,
    "de": german.sentence,
    "zh": chinese.sentence,
}
"""Meaning to words with their parts, by language."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One meaning in three languages: by language the tokens, and for each token the parts of the meaning in it.

    `unseen`: the combinations of words in it that are held out of training; empty outside the split `heldout`.
    """

    tokens: dict[str, tuple[str, ...]]
    parts: dict[str, tuple[int, ...]]
    unseen: frozenset[Combination] = frozenset()

    def text(self, language: str) -> str:
        """The sentence as it is written: Chinese without spaces, punctuation next to its word."""
        return detokenize(self.tokens[language], language)

    def alignment(self, source: str, target: str) -> list[tuple[int, int]]:
        """The links (i, j): source token i and target token j express a common part of the meaning."""
        theirs = self.parts[target]
        return [(i, j) for i, mine in enumerate(self.parts[source]) for j, their in enumerate(theirs) if mine & their]


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence and its translation."""

    sentence: Sentence
    source_language: str
    target_language: str

    @property
    def source(self) -> str:
        """The text to translate."""
        return self.sentence.text(self.source_language)

    @property
    def target(self) -> str:
        """Its one translation."""
        return self.sentence.text(self.target_language)

    @property
    def source_tokens(self) -> tuple[str, ...]:
        """The words and punctuation marks of the source."""
        return self.sentence.tokens[self.source_language]

    @property
    def target_tokens(self) -> tuple[str, ...]:
        """The words and punctuation marks of the target."""
        return self.sentence.tokens[self.target_language]

    @property
    def alignment(self) -> list[tuple[int, int]]:
        """The links (i, j) between source token i and target token j, many to many, in order."""
        return self.sentence.alignment(self.source_language, self.target_language)


def detokenize(tokens: tuple[str, ...], language: str) -> str:
    """Write tokens as a sentence."""
    if language == "zh":
        return "".join(tokens)
    text = " ".join(tokens)
    for mark in ".,?":
        text = text.replace(f" {mark}", mark)
    return text


def finished(written: dict[str, list[Word]], unseen: frozenset[Combination] = frozenset()) -> Sentence:
    """The sentence of the words in the three languages, its first letter a capital."""
    tokens, parts = {}, {}
    for language, words in written.items():
        texts, masks = zip(*words, strict=True)
        tokens[language] = (texts[0][0].upper() + texts[0][1:], *texts[1:])
        parts[language] = masks
    return Sentence(tokens, parts, unseen)


def write(meaning: Meaning) -> Sentence:
    """The sentence of a meaning in the three languages."""
    return finished({language: writer(meaning) for language, writer in WRITERS.items()})
