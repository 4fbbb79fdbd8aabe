"""Random sentences of two clauses: because, although, but, if, that; and who may be called he, she or they in them."""

from __future__ import annotations

from random import Random

from translator.pocket.adverbials import TIMES
from translator.pocket.clauses import PEOPLE, action, mood, quality, weather
from translator.pocket.entries import Pronoun
from translator.pocket.meaning import HE, ME, SHE, THEY, WE, Clause, Meaning, Phrase, back_reference
from translator.pocket.nouns import select
from translator.pocket.phrases import pick, subject
from translator.pocket.verbs import GROUPS

_DOING = ("simple", "things", "things", "persons", "gifts", "puts")
_NOT_PAST = "GHNWMYSF"
_SAY = {verb.name: verb for verb in GROUPS["clauses"]}
_HAVE_TIME = next(verb for verb in GROUPS["states"] if verb.name == "have" and verb.objects == select("leisure"))
_SOON = tuple(time for time in TIMES if "F" in time.tenses and "P" not in time.tenses)
_FEMALE = frozenset(select("she girl"))
_MALE = frozenset(select("he"))


def front(rng: Random, c: Clause) -> Clause:
    """The clause; sometimes its time opens the sentence."""
    c.fronted = bool(c.time and c.time.fronts and rng.random() < 0.4)
    return c


def _may_mean(pronoun: Pronoun, what: Phrase) -> bool:
    """Whether a reader may take the pronoun for this noun."""
    if what.plural:
        return pronoun is THEY
    return (pronoun is HE and what.noun not in _FEMALE) or (pronoun is SHE and what.noun not in _MALE)


def differ(one: Phrase | Pronoun, other: Phrase | Pronoun) -> bool:
    """Whether two subjects are clearly not the same persons."""
    if isinstance(one, Pronoun):
        return one is not other if isinstance(other, Pronoun) else not _may_mean(one, other)
    return one.noun is not other.noun if isinstance(other, Phrase) else not _may_mean(other, one)


def _is_clear(main: Clause, sub: Clause, nouns_first: bool = False) -> bool:
    """Whether the subjects clearly differ, or the second is a pronoun that three languages use for the first.

    `nouns_first`: in Chinese, where the second clause comes first, it has no he, she, they before a noun.
    """
    if sub.subject is back_reference(main.subject):
        return True
    noun_follows = isinstance(main.subject, Phrase) and sub.subject in (HE, SHE, THEY)
    return differ(main.subject, sub.subject) and not (nouns_first and noun_follows)


def _reason(rng: Random, main: Clause) -> Clause:
    """A clause that may stand with `main` after because and although, its tense in keeping with it.

    Chinese does not tell "is tired" from "was tired": the tense of a quality is always that of the main clause.
    """
    draw = rng.random()
    same = back_reference(main.subject) if rng.random() < 0.75 else None
    past = main.tense == "P" or main.kind == "quality"
    if draw < 0.15:
        return weather(rng, "P" if main.tense == "P" else "G" if main.kind == "quality" else "GF")
    if draw < 0.5 and main.kind == "action":
        c = mood(rng, same)
        c.tense = "P" if past else "N"
        return c
    if draw < 0.6 and not past:
        return action(rng, verb=_HAVE_TIME, who=same)
    c = action(rng, ("things", "persons", "simple"), "P" if past else "WM", same, extras=0.5)
    if main.kind == "quality" or (past and main.time):
        c.time = None
    return c


def _because(rng: Random, link: str, extras: float) -> Meaning:
    main = mood(rng) if rng.random() < 0.2 else front(rng, action(rng, _DOING, extras=extras))
    while True:
        sub = _reason(rng, main)
        if _is_clear(main, sub, nouns_first=True):
            return Meaning(main, link, sub)


def _but(rng: Random, extras: float) -> Meaning:
    main = front(rng, action(rng, extras=extras))
    same = back_reference(main.subject) if rng.random() < 0.5 else None
    while True:
        sub = action(rng, tenses="P" if main.tense == "P" else _NOT_PAST, who=same, extras=extras)
        if _is_clear(main, sub):
            return Meaning(main, "but", sub)


def _if(rng: Random, extras: float) -> Meaning:
    draw = rng.random()
    sub = weather(rng, "C") if draw < 0.4 else action(rng, verb=_HAVE_TIME) if draw < 0.7 else mood(rng)
    if sub.kind == "action" and rng.random() < 0.6:
        sub.time = pick(rng, _SOON)
    same = back_reference(sub.subject) if draw >= 0.4 and rng.random() < 0.8 else None
    while True:
        main = action(rng, tenses="F", who=same, extras=extras)
        if draw < 0.4 or _is_clear(sub, main):
            main.time = None  # the condition has it, or leaves it open
            return Meaning(main, "if", sub)


def _that(rng: Random, extras: float) -> Meaning:
    verb = _SAY[pick(rng, tuple(_SAY))]
    main = Clause("action", subject(rng, PEOPLE), verb)
    if verb.name == "say" and main.subject in (ME, WE):
        main.subject = subject(rng, PEOPLE, pronouns=0.0)
    main.negative = verb.name in ("believe", "know") and main.subject not in (ME, WE) and rng.random() < 0.2
    same = back_reference(main.subject) if verb.name == "say" and rng.random() < 0.4 else None
    while True:
        sub = quality(rng, same) if rng.random() < 0.15 else action(rng, who=same, extras=extras)
        if (verb.name != "hope" or sub.tense == "F") and (same or differ(main.subject, sub.subject)):
            return Meaning(main, "that", sub)


def linked(rng: Random, extras: float = 0.4) -> Meaning:
    """Two clauses with because, although, but, if, that."""
    link = pick(rng, ("because", "because", "although", "but", "if", "that", "that"))
    if link in ("because", "although"):
        return _because(rng, link, extras)
    return {"but": _but, "if": _if, "that": _that}[link](rng, extras)
