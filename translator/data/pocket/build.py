"""The corpus and its splits: drawn from a seed, the same on every machine."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from random import Random

from translator.data.pocket.grammar.meaning import Combination, Meaning
from translator.data.pocket.grammar.sentences import long, short
from translator.data.pocket.kept import Splits, read_or_draw
from translator.data.pocket.lexicon.adjectives import ATTRIBUTES
from translator.data.pocket.lexicon.nouns import COUNTED
from translator.data.pocket.lexicon.verbs import VERBS
from translator.data.pocket.records import LANGUAGES, PUNCTUATION, WRITERS, Pair, Sentence, finished
from translator.data.pocket.words import Word

SIZES = {"train": 100_000, "valid": 2_000, "seen": 2_000, "heldout": 2_000, "longer": 2_000}
"""Pairs in each split."""
SHORTEST, LONGEST, VERY_LONGEST = 4, 12, 24
"""Words (without punctuation) in every language: 4 to 12; in the split `longer` 13 to 24."""
HELD_OUT_SHARE = 0.1
_SPARE = 500


def _words(tokens: list[Word]) -> int:
    return sum(token not in PUNCTUATION for token, _ in tokens)


def _new(
    meaning: Meaning, known: set[tuple[str, ...]], least: int, most: int, unseen: frozenset[Combination] = frozenset()
) -> Sentence | None:
    """The sentence, if it has between `least` and `most` words in every language and is not yet known."""
    written = {}
    for language, writer in WRITERS.items():
        words = writer(meaning)
        if not least <= _words(words) <= most:
            return None
        written[language] = words
    sentence = finished(written, unseen)
    if sentence.tokens["en"] in known:
        return None
    known.add(sentence.tokens["en"])
    return sentence


def held_out_combinations(seed: int = 0) -> frozenset[Combination]:
    """The combinations kept out of training: a tenth of the adjectives with a noun and of the verbs with an object.

    Only so many that at least three combinations of the same adjective with nouns of the same German gender, and three
    of the same verb, are left: the parts, and the forms that the parts take, stay in training. Not verbs whose Chinese
    depends on the object (wear: 穿 or 戴): nobody can translate "wear a watch" from its parts.
    """
    rng = Random(f"held out {seed}")
    groups: dict[tuple[str, ...], list[Combination]] = {}
    for noun, adjectives in ATTRIBUTES.items():
        for adjective in adjectives:
            groups.setdefault(("noun", adjective.en, noun.gender), []).append(("noun", adjective.en, noun.en))
    for verb in VERBS:
        for noun in verb.objects:
            if noun in COUNTED and len(verb.zh) == 1:
                groups.setdefault(("object", verb.name), []).append(("object", verb.name, noun.en))
    chosen: set[Combination] = set()
    for group in groups.values():
        drawn = [combination for combination in group if rng.random() < HELD_OUT_SHARE]
        chosen.update(drawn[: max(0, len(group) - 3)])
    return frozenset(chosen)


@lru_cache(maxsize=2)
def corpus(seed: int = 0) -> Splits:
    """All splits as sentences in three languages; read from the user's cache where they were drawn before."""
    return read_or_draw(draw, seed, SIZES)


def draw(seed: int = 0) -> Splits:
    """All splits, drawn from the grammar. The words of every split occur in `train`."""
    rng = Random(seed)
    held_out = held_out_combinations(seed)
    known: set[tuple[str, ...]] = set()
    drawn: list[tuple[float, Sentence]] = []
    while len(drawn) < SIZES["train"] + SIZES["valid"] + SIZES["seen"] + _SPARE:
        meaning = short(rng)
        if held_out.isdisjoint(meaning.combinations()):
            sentence = _new(meaning, known, SHORTEST, LONGEST)
            if sentence:
                drawn.append((rng.random(), sentence))
    drawn.sort(key=lambda item: item[0])  # in the order of drawing, the frequent short sentences would come early
    sentences = iter(sentence for _, sentence in drawn)
    train = tuple(islice(sentences, SIZES["train"]))
    words = {language: {token for sentence in train for token in sentence.tokens[language]} for language in LANGUAGES}

    def is_covered(sentence: Sentence) -> bool:
        return all(words[language].issuperset(sentence.tokens[language]) for language in LANGUAGES)

    def other(name: str, make: Callable[[Random], Meaning], least: int, most: int) -> tuple[Sentence, ...]:
        found: list[Sentence] = []
        while len(found) < SIZES[name]:
            meaning = make(rng)
            unseen = held_out & meaning.combinations()
            if bool(unseen) == (name == "heldout"):
                sentence = _new(meaning, known, least, most, unseen)
                if sentence and is_covered(sentence):
                    found.append(sentence)
        return tuple(found)

    covered = filter(is_covered, sentences)
    return {
        "train": train,
        "valid": tuple(islice(covered, SIZES["valid"])),
        "seen": tuple(islice(covered, SIZES["seen"])),
        "heldout": other("heldout", short, SHORTEST, LONGEST),
        "longer": other("longer", long, LONGEST + 1, VERY_LONGEST),
    }


def split(seed: int = 0, source: str = "en", target: str = "de") -> dict[str, list[Pair]]:
    """The pairs of one direction by split: train, valid, seen, heldout, longer, as many as `SIZES` says.

    `seen` has the lengths of training and new sentences; every sentence of `heldout` has a combination of adjective and
    noun or of verb and object that training never shows together; `longer` is longer than any sentence of training.
    No sentence is in two splits. ValueError for a language that is not one of `LANGUAGES`, or twice the same.
    """
    if source not in LANGUAGES or target not in LANGUAGES or source == target:
        raise ValueError(f"pocket: {source}-{target} is no pair; take two of {', '.join(LANGUAGES)}")
    return {name: [Pair(sentence, source, target) for sentence in some] for name, some in corpus(seed).items()}


def pairs(seed: int = 0, source: str = "en", target: str = "de") -> list[Pair]:
    """All pairs of one direction, of all splits: distinct, and no source has two targets."""
    return [pair for some in split(seed, source, target).values() for pair in some]
