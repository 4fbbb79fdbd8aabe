"""Random noun phrases: which determiners, numbers and adjectives a noun is drawn with."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

from translator.data.pocket.grammar.meaning import HE, ME, PERSONAL, SHE, THEY, WE, Phrase
from translator.data.pocket.lexicon.adjectives import ATTRIBUTES
from translator.data.pocket.lexicon.entries import Adjective, Noun, Pronoun

# A letter a choice, as often as it is drawn: t the, i this, T the (plural), I these, N the two, M these two,
# m possessive, a a, 2 two or three or four, v many.
_DEFINITE = "ttttttttiiiiTTTIINMmmmm"
_INDEFINITE = "aaaaaaaaa222vv"
_CHOICES = {
    "definite": _DEFINITE,
    "indefinite": _INDEFINITE,
    "any": _DEFINITE[::2] + _INDEFINITE,
    "single": "ttiimmaaaa",
    "a": "a",
    "going on": "tttttiiiTImmmaaaaaaaa",
    "subject": "tttttttiiiTTTIINM",
}
T = TypeVar("T")
OWNERS = ("my", "his", "her", "our")
_NOT_OWNED = frozenset({"person", "wild"})


def pick(rng: Random, items: Sequence[T]) -> T:
    """One of the items. (Random.choice would do, but only `random()` promises the same numbers in every Python.)"""
    return items[int(rng.random() * len(items))]


def is_owned(noun: Noun) -> bool:
    """Whether people say that they own such a thing: my dog, but not my lion or my woman."""
    return not noun.tags & _NOT_OWNED and ("animal" not in noun.tags or bool(noun.tags & {"pet", "farm"}))


def _adjectives(rng: Random, noun: Noun, bare_only: bool) -> tuple[Adjective | None, Adjective | None]:
    """A size and another adjective, or either, or neither. `bare_only`: without 的, as after 我的."""
    options = ATTRIBUTES.get(noun, ())
    if bare_only:
        options = tuple(a for a in options if not a.zh[0].endswith("的"))
    if not options:
        return None, None
    first = pick(rng, options)
    if first.kind not in ("size", "colour") or rng.random() < 0.6:
        return (first, None) if first.kind == "size" else (None, first)
    others = [a for a in options if a.kind in ("size", "colour") and a.kind != first.kind]
    if not others:
        return (first, None) if first.kind == "size" else (None, first)
    second = pick(rng, others)
    return (first, second) if first.kind == "size" else (second, first)


def noun_phrase(rng: Random, noun: Noun, takes: str = "any", described: float = 0.4) -> Phrase:
    """A phrase with this noun. `takes`: any, definite, indefinite, single or subject; `described`: how often."""
    tags = noun.tags
    if noun.classifier == "-" or (noun.measure and rng.random() < 0.5):
        return Phrase(noun, "none")
    if noun.measure:
        number = 0 if takes == "going on" else pick(rng, (0, 0, 2, 3))
        return Phrase(noun, "a", bool(number), number)
    if "kin" in tags:
        if takes == "indefinite":
            number = pick(rng, (0, 2, 3))
            return Phrase(noun, "a", bool(number), number)
        owner = pick(rng, OWNERS)
        if "offspring" in tags and rng.random() < 0.2:
            return Phrase(noun, owner, True, pick(rng, (2, 3)))
        return Phrase(noun, owner)
    choice = pick(rng, _CHOICES[takes])
    if choice == "m" and not is_owned(noun):
        choice = "t"
    size, adjective = None, None
    if rng.random() < described:
        size, adjective = _adjectives(rng, noun, choice == "m")
    number = pick(rng, (2, 2, 3, 4)) if choice in "NM2" else 0
    words = {"t": "the", "T": "the", "N": "the", "a": "a", "2": "a", "v": "many", "m": pick(rng, OWNERS)}
    return Phrase(noun, words.get(choice, "this"), choice in "TINM2v", number, size, adjective)


def subject(rng: Random, nouns: Sequence[Noun], pronouns: float = 0.25, described: float = 0.2) -> Phrase | Pronoun:
    """A subject: a personal pronoun, or a definite phrase with one of the nouns (Chinese subjects are definite)."""
    if nouns[0].tags & {"person", "kin"} and rng.random() < pronouns:
        return pick(rng, PERSONAL)
    noun = pick(rng, nouns)
    if is_owned(noun) and rng.random() < 0.3:
        return Phrase(noun, pick(rng, OWNERS))
    return noun_phrase(rng, noun, "subject", described)


def object_pronoun(rng: Random, subject: Phrase | Pronoun) -> Pronoun:
    """A pronoun as object that cannot be the subject itself. (Not "them": German sie would be "her" as well.)"""
    first = subject in (ME, WE)
    options = [p for p in (ME, HE, SHE, WE) if p is not subject and not (first and p in (ME, WE))]
    return pick(rng, options)


def may_mean(pronoun: Phrase | Pronoun, what: Phrase | Pronoun) -> bool:
    """Whether a reader may take the pronoun for this noun or pronoun."""
    if isinstance(what, Pronoun) or isinstance(pronoun, Phrase):
        return pronoun is what
    if what.plural:
        return pronoun is THEY
    return (pronoun is HE and "she" not in what.noun.tags and what.noun.en != "girl") or (
        pronoun is SHE and "he" not in what.noun.tags
    )


def differ(one: Phrase | Pronoun, other: Phrase | Pronoun) -> bool:
    """Whether two subjects are clearly not the same persons."""
    if isinstance(one, Phrase) and isinstance(other, Phrase):
        return one.noun is not other.noun
    return not (may_mean(other, one) if isinstance(one, Phrase) else may_mean(one, other))
