"""Random sentences of two clauses with but: both say the same kind of thing, and differ in one point."""

from __future__ import annotations

from random import Random

from translator.data.pocket.grammar.clauses import PEOPLE, action, front
from translator.data.pocket.grammar.meaning import Clause, Meaning, Phrase, back_reference
from translator.data.pocket.grammar.phrases import differ, noun_phrase, pick, subject
from translator.data.pocket.lexicon.adjectives import ADJECTIVES, ATTRIBUTES
from translator.data.pocket.lexicon.entries import Noun, Pronoun
from translator.data.pocket.lexicon.nouns import COUNTED, select
from translator.data.pocket.lexicon.verbs import GROUPS, VERBS

CONTRASTS = (
    "but: other object",
    "but: not that object",
    "but: other colour",
    "but: somebody else not",
    "but: doing something else",
    "but: other mood",
    "but: opposite quality",
    "but: no time",
    "but: wants to",
)
_SIMILAR = (
    "fruit",
    "clothes",
    "accessory",
    "jewel",
    "vehicle",
    "furniture",
    "instrument",
    "text",
    "farm",
    "pet",
    "toy",
)
_CHOOSING = tuple(
    verb
    for group in ("things", "states", "persons")
    for verb in GROUPS[group]
    if verb.name in ("buy", "sell", "wash", "find", "lose", "need", "repair", "feed", "see", "read", "like", "draw")
)
_COLOURED = tuple(v for v in VERBS if v.name in ("buy", "have", "need", "wear") and v not in GROUPS["gifts"])
_COLOURS = {
    noun: found
    for noun in COUNTED
    if len(found := tuple(a for a in ATTRIBUTES.get(noun, ()) if a.kind == "colour")) > 1
}
_SIMPLE = {verb.name: verb for verb in GROUPS["simple"]}
_DOING = (("work", "sleep"), ("laugh", "cry"), ("cook", "sleep"), ("work", "dance"), ("work", "swim"), ("sing", "cry"))
_MOODS = {a.en: a for a in ADJECTIVES}
_OTHER_MOOD = (("happy", "sad"), ("sad", "happy"), ("hungry", "thirsty"), ("thirsty", "hungry"))
_OPPOSITES = (("big", "small"), ("new", "old"), ("expensive", "cheap"), ("clean", "dirty"))
_TIME = select("leisure")[0]
_HAVE_TIME = next(verb for verb in GROUPS["states"] if verb.name == "have" and _TIME in verb.objects)
_BUSY = ("visit", "help", "cook", "read", "play", "go", "repair", "tidy up", "call", "invite", "swim", "write")
_WANTED = tuple(v for name in ("simple", "things", "persons") for v in GROUPS[name] if v.name in _BUSY)


def _two(rng: Random, extras: float, first: Phrase | Pronoun | None = None) -> tuple[Phrase | Pronoun, ...]:
    """Two subjects that are clearly different persons."""
    described = 0.1 if extras < 1 else 0.6
    while True:
        one = first or subject(rng, PEOPLE, described=described)
        other = subject(rng, PEOPLE, described=described)
        if differ(one, other):
            return one, other


def _similar(rng: Random, nouns: tuple[Noun, ...]) -> tuple[Noun, Noun]:
    """Two nouns of a kind: an apple and a pear."""
    while True:
        kind = pick(rng, _SIMILAR)
        some = tuple(noun for noun in nouns if kind in noun.tags)
        if len(some) > 1:
            one, other = pick(rng, some), pick(rng, some)
            if one is not other:
                return one, other


def _objects(rng: Random, name: str, extras: float) -> tuple[Clause, Clause]:
    """He bought the apple, but she bought the pear; he washed the shirt, but he did not wash the skirt."""
    verb = pick(rng, tuple(v for v in _CHOOSING if len([n for n in v.objects if n.tags & set(_SIMILAR)]) > 1))
    one, other = _similar(rng, verb.objects)
    who = subject(rng, PEOPLE, described=0.1 if extras < 1 else 0.6)
    main = front(rng, action(rng, (), "PNW", who, extras, verb, one, False))
    if name == "but: other object":
        sub = action(rng, (), main.tense, _two(rng, extras, who)[1], 0.0, verb, other, False)
    else:
        again = back_reference(who)
        if not again:
            return _objects(rng, name, extras)
        sub = action(rng, (), main.tense, again, 0.0, verb, other, True)
        main.object = noun_phrase(rng, one, "definite")
        sub.object = noun_phrase(rng, other, "definite")
    return main, sub


def _colours(rng: Random, extras: float) -> tuple[Clause, Clause]:
    """My father has a red car, but my mother has a blue car."""
    verb = pick(rng, _COLOURED)
    noun = pick(rng, tuple(noun for noun in verb.objects if noun in _COLOURS) or tuple(_COLOURS))
    one, other = pick(rng, _COLOURS[noun]), pick(rng, _COLOURS[noun])
    first, second = _two(rng, extras)
    if noun not in verb.objects or one is other or (verb.takes == "single" and "p" in (first.person, second.person)):
        return _colours(rng, extras)
    main = front(rng, action(rng, (), "PN", first, extras, verb, noun, False))
    sub = action(rng, (), main.tense, second, 0.0, verb, noun, False)
    main.object, sub.object = Phrase(noun, "a", adjective=one), Phrase(noun, "a", adjective=other)
    return main, sub


def _same(rng: Random, extras: float) -> tuple[Clause, Clause]:
    """The boy wants to swim, but the girl does not want to swim."""
    verb = pick(rng, GROUPS["simple"])
    first, second = _two(rng, extras)
    if any(isinstance(who, Phrase) and who.noun not in verb.subjects for who in (first, second)):
        return _same(rng, extras)
    tense = pick(rng, "PWWW")
    if tense not in verb.tenses:
        return _same(rng, extras)
    main = front(rng, action(rng, (), tense, first, extras, verb, negative=False))
    sub = action(rng, (), tense, second, 0.0, verb, negative=True)
    sub.destination = main.destination
    return main, sub


def _doing(rng: Random, extras: float) -> tuple[Clause, Clause]:
    """The man wants to work, but the woman wants to sleep."""
    first, second = _two(rng, extras)
    names = pick(rng, _DOING)
    one, other = (_SIMPLE[name] for name in (names if rng.random() < 0.5 else names[::-1]))
    fits = all(isinstance(w, Pronoun) or w.noun in v.subjects for w, v in ((first, one), (second, other)))
    if not fits:
        return _doing(rng, extras)
    tense = pick(rng, tuple(t for t in "PFW" if t in one.tenses and t in other.tenses))
    main = front(rng, action(rng, (), tense, first, extras, one, negative=False))
    sub = action(rng, (), tense, second, 0.0, other, negative=False)
    sub.time = None  # the same as of the first clause
    return main, sub


def _qualities(rng: Random, extras: float) -> tuple[Clause, Clause]:
    """The red car is expensive, but the blue car is cheap."""
    one, other = pick(rng, _OPPOSITES)
    if rng.random() < 0.5:
        one, other = other, one
    nouns = tuple(n for n in _MOODS[one].nouns if n in _MOODS[other].nouns and n in _COLOURS)
    noun = pick(rng, nouns)
    colour, second = pick(rng, _COLOURS[noun]), pick(rng, _COLOURS[noun])
    if colour is second:
        return _qualities(rng, extras)
    left = noun_phrase(rng, noun, "subject", 0.0)._replace(adjective=colour)
    right = noun_phrase(rng, noun, "subject", 0.0)._replace(adjective=second)
    degree = "very" if rng.random() < 0.3 else ""
    return (
        Clause("quality", left, quality=_MOODS[one], degree=degree),
        Clause("quality", right, quality=_MOODS[other], degree=degree),
    )


def _having(rng: Random, name: str, extras: float) -> tuple[Clause, Clause]:
    """She has time, but he has no time; I want to visit my mother, but I have no time."""
    first, second = _two(rng, extras)
    no_time = Phrase(_TIME, "no")
    if name == "but: no time":
        main = Clause("action", first, _HAVE_TIME, object=Phrase(_TIME, "none"))
        return main, Clause("action", second, _HAVE_TIME, object=no_time)
    main = front(rng, action(rng, (), "W", None, extras, pick(rng, _WANTED), None, False))
    again = back_reference(main.subject)
    if not again:
        return _having(rng, name, extras)
    if rng.random() < 0.4:
        main.time, main.fronted = None, False
        return main, Clause("quality", again, quality=_MOODS["tired"])
    return main, Clause("action", again, _HAVE_TIME, object=no_time)


def contrast(rng: Random, extras: float) -> Meaning:
    """Two clauses with but. `extras` above 1: long ones."""
    name = pick(rng, CONTRASTS)
    match name.removeprefix("but: "):
        case "other object" | "not that object":
            clauses = _objects(rng, name, extras)
        case "other colour":
            clauses = _colours(rng, extras)
        case "somebody else not":
            clauses = _same(rng, extras)
        case "doing something else":
            clauses = _doing(rng, extras)
        case "other mood":
            one, other = _two(rng, extras)
            first, second = pick(rng, _OTHER_MOOD)
            clauses = Clause("quality", one, quality=_MOODS[first]), Clause("quality", other, quality=_MOODS[second])
        case "opposite quality":
            clauses = _qualities(rng, extras)
        case _:
            clauses = _having(rng, name, extras)
    return Meaning(clauses[0], "but", clauses[1], name)
