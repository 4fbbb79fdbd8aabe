"""Random sentences: statements, questions, relative clauses; and the mixture of all kinds."""

from __future__ import annotations

from random import Random

from translator.data.pocket.grammar.clauses import action, comparison, existence, front, location, quality
from translator.data.pocket.grammar.linking import linked
from translator.data.pocket.grammar.meaning import ME, WE, WHO, Clause, Meaning, Phrase, given
from translator.data.pocket.grammar.phrases import differ, pick
from translator.data.pocket.grammar.sense import is_sensible
from translator.data.pocket.lexicon.entries import Noun, Pronoun, Verb
from translator.data.pocket.lexicon.nouns import select
from translator.data.pocket.lexicon.verbs import GROUPS

_LIKE_PERSONS = tuple(verb for verb in GROUPS["states"] if verb.name in ("like", "love", "know", "trust"))
_MADE = tuple(
    verb for verb in GROUPS["things"] if verb.name in ("buy", "read", "write", "wash", "repair", "find", "lose", "see")
)
_MADE_OF: dict[Noun, tuple[Verb, ...]] = {}
for _noun in {noun for verb in _MADE for noun in verb.objects if not noun.tags & {"person", "animal"}}:
    _MADE_OF[_noun] = tuple(verb for verb in _MADE if _noun in verb.objects)
_THINGS_MADE = tuple(sorted(_MADE_OF, key=lambda noun: noun.en))
_WANTED = tuple(
    verb
    for group in ("things", "states")
    for verb in GROUPS[group]
    if verb.name in ("look for", "find", "like", "need", "sell")
)
_HEADS = select("person animal")
_PERSONS = select("person")


def statement(rng: Random, extras: float = 1.0) -> Meaning:
    """One clause with a verb."""
    return Meaning(front(rng, action(rng, extras=extras)))


def description(rng: Random) -> Meaning:
    """One clause that says what something is like, or where it is."""
    return Meaning(pick(rng, (quality, quality, comparison, comparison, existence, existence, location))(rng))


def question(rng: Random) -> Meaning:
    """A question: yes or no, who, what, where."""
    draw = rng.random()
    if draw < 0.1:
        c = location(rng)
        c.question, c.negative, c.place = "where", False, None
        return Meaning(c)
    if draw < 0.25:
        c = quality(rng, question=True)
        c.question = "yes-no"
        return Meaning(c)
    c = action(rng, tenses="PFGHNWYS")
    c.negative = False
    if c.subject in (ME, WE) and c.tense not in "YS":  # one asks others about themselves
        return question(rng)
    verb = given(c.verb).name
    if draw < 0.6 or (verb == "eat" and isinstance(c.subject, Phrase) and "animal" in c.subject.noun.tags):
        c.question = "yes-no"
    elif draw < 0.8 or verb not in _ASKED or not isinstance(c.object, Phrase) or c.tense == "H":
        c.question, c.subject = "who", WHO
    else:
        c.question, c.object = "what", None
    return Meaning(c)


_ASKED = frozenset(
    ("buy", "sell", "write", "draw", "eat", "repair", "find", "look for", "lose", "see", "need", "give", "show", "send")
)


def _head(rng: Random, noun: Noun) -> Phrase:
    return Phrase(noun, "the", rng.random() < 0.3)


def _who_did(rng: Random, head: Phrase) -> Clause:
    """A relative clause of which the noun is the subject."""
    kinds = ("things", "persons", "states") if "person" in head.noun.tags else ("things", "persons")
    while True:
        c = action(rng, kinds, "PNG", head, extras=0.4)
        # Not 看见了我的猫, which is "saw my cat" as well as "the cat that saw me".
        if not c.negative and not isinstance(c.object, Pronoun) and not (c.object and c.object.noun is head.noun):
            c.gap = "subject"
            if isinstance(c.object, Phrase):  # one 的 is enough
                c.object = c.object._replace(size=None, adjective=None)
            return c


def _that_was(rng: Random, head: Phrase) -> Clause:
    """A relative clause of which the noun is the object, always of the past: Chinese 买的 says no other."""
    c = action(rng, tenses="P", verb=pick(rng, _MADE_OF[head.noun]), thing=head.noun, extras=0.5)
    c.negative, c.place, c.object, c.gap = False, None, head, "object"
    return c


def related(rng: Random) -> Meaning:
    """A clause with a relative clause in its subject or its object."""
    draw = rng.random()
    if draw < 0.3:
        head = _head(rng, pick(rng, _HEADS))
        acts = "person" in head.noun.tags and rng.random() < 0.5
        main = action(rng, ("simple",), "P", head, 0.4) if acts else quality(rng, head, plain=True)
        if main.subject is head:
            main.subject_relative = _who_did(rng, head)
        return Meaning(main)
    if draw < 0.55:
        head = _head(rng, pick(rng, _THINGS_MADE))
        main = quality(rng, head, plain=True)
        if main.subject is head:
            main.subject_relative = _that_was(rng, head)
        return Meaning(main)
    if draw < 0.8:
        head = _head(rng, pick(rng, _PERSONS))
        main = action(rng, verb=pick(rng, _LIKE_PERSONS), thing=head.noun)
        main.object, main.object_relative = head, _who_did(rng, head)
        return Meaning(main)
    head = _head(rng, pick(rng, _THINGS_MADE))
    options = tuple(verb for verb in _WANTED if head.noun in verb.objects)
    if not options:
        return related(rng)
    main = action(rng, verb=pick(rng, options), thing=head.noun, extras=0.0)
    made = _that_was(rng, head)
    if made.verb is main.verb or not differ(main.subject, made.subject):
        return related(rng)
    main.object, main.object_relative = head, made
    main.fronted = main.time is not None  # at the end it would belong to either clause: the car that he bought today
    return Meaning(main)


_SHORT = (statement,) * 11 + (description,) * 3 + (question,) * 3 + (linked,) * 5 + (related,) * 2


def short(rng: Random) -> Meaning:
    """A sentence of any kind."""
    while True:
        m = pick(rng, _SHORT)(rng)
        if is_sensible(m):
            return m


def long(rng: Random) -> Meaning:
    """A sentence of two rich clauses: the same constructions, more of them at once."""
    while True:
        m = related(rng) if rng.random() < 0.2 else linked(rng, extras=1.6)
        if is_sensible(m):
            return m
