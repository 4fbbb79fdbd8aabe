"""Random clauses: what may be said of whom, in which tense, when and where."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from translator.data.pocket.grammar.meaning import IT, Clause, Phrase, given
from translator.data.pocket.grammar.phrases import noun_phrase, object_pronoun, pick, subject
from translator.data.pocket.lexicon.adjectives import ADJECTIVES, PREDICATES
from translator.data.pocket.lexicon.adverbials import TIMES, places
from translator.data.pocket.lexicon.entries import Noun, Place, Pronoun, Verb
from translator.data.pocket.lexicon.nouns import select
from translator.data.pocket.lexicon.verbs import GROUPS

_TENSES = "PPPPPPPPPFFFGGGGHHHHWWMMYS"
_TENSES_OF = {
    verb: "".join(tense for tense in _TENSES if tense in verb.tenses) or "N"
    for group in GROUPS.values()
    for verb in group
}
_TIMES_OF = {tense: tuple(time for time in TIMES if tense in time.tenses) for tense in "PFHWMYS"}
_EVERY = tuple(time for time in _TIMES_OF["H"] if not time.before_verb)
_TIMED = {"P": 0.6, "F": 1.0, "H": 1.0, "W": 0.4, "M": 0.4, "Y": 0.4, "S": 0.4}
_KINDS = ("simple",) * 3 + ("things",) * 9 + ("persons",) * 5 + ("states",) * 4 + ("gifts",) * 3 + ("puts",) * 2
PEOPLE = select("person kin")
_MAN = PEOPLE[0]
_TAKES_PERSONS = {verb: any("person" in noun.tags for noun in verb.objects) for verb in _TENSES_OF}
_OF_PERSONS = tuple(a for a in ADJECTIVES if a.en in ("tired", "hungry", "sad", "polite", "friendly", "tall"))
_TOO = frozenset(("big", "small", "expensive", "heavy", "old", "dirty", "tired", "shy", "lazy", "young", "sweet"))

_COMPARED = tuple(a for a in ADJECTIVES if "p" in a.uses)
_KIN_OF_THINGS = (
    "person animal text food clothes accessory jewel container dish furniture device vehicle instrument toy"
)
_SAME_KIND = frozenset(_KIN_OF_THINGS.split())


# What nobody would say of the object: washing a clean shirt, buying a dirty plate.
_ODD = {"wash": ("clean",), "tidy up": ("clean",), "draw": ("expensive", "cheap", "dirty", "fresh")}
_ODD |= dict.fromkeys(("buy", "sell", "need", "like", "give", "send", "bring", "wear"), ("dirty",))


def front(rng: Random, c: Clause) -> Clause:
    """The clause; sometimes its time opens the sentence."""
    c.fronted = bool(c.time and c.time.fronts and rng.random() < 0.4)
    return c


def _spots(noun: Noun) -> tuple[Place, ...]:
    """The spots where such a thing lies or stands: no food in the bed."""
    found = [place for place in places("spot") if noun.tags & place.tags and place.name.split("_")[0] != noun.en]
    if noun.tags & {"food", "dish", "vessel"}:
        found = [place for place in found if place.name not in ("bed", "bed_2", "chair", "suitcase", "table_2")]
    return tuple(found)


_SPOTS = {noun: _spots(noun) for noun in select("lie stand sit")}


def _where(noun: Noun) -> tuple[Place, ...]:
    """Where such a thing may be found: a cup on a table, a car in front of a house."""
    if noun.tags & {"person"}:
        return places("garden park kitchen library museum station street beach house school_2 station_2 tree")
    if noun.tags & {"farm", "vehicle"}:
        return places("near") if "vehicle" in noun.tags else places("garden street forest near")
    spots = _SPOTS[noun]
    if "sit" in noun.tags:
        return spots[:5] + places("garden park street house tree")
    return () if noun.tags & {"furniture", "device", "instrument", "clothes"} and "stand" in noun.tags else spots


_WHERE = {noun: found for noun in select("lie stand sit") if (found := _where(noun))}
_FOUND = tuple(_WHERE)
_FOR_KIN = places("home garden kitchen school library office restaurant museum market city station beach")


def _other(rng: Random, nouns: Sequence[Noun], subject: Phrase | Pronoun) -> Noun:
    """One of the nouns, another than the subject's: not "the woman helps the woman"."""
    while True:
        noun = pick(rng, nouns)
        if isinstance(subject, Pronoun) or noun is not subject.noun:
            return noun


def _objects(rng: Random, c: Clause, chosen: Noun | None) -> None:
    """Give the clause its object, recipient and destination."""
    verb = given(c.verb)
    if not verb.objects:
        return
    takes = "definite" if c.negative else verb.habit if c.tense == "H" else verb.takes
    if c.tense == "G":
        takes = {"any": "going on", "indefinite": "a"}.get(takes, takes)
    if verb in GROUPS["gifts"]:
        if rng.random() < 0.35:
            c.recipient = object_pronoun(rng, c.subject)
        else:
            c.recipient = noun_phrase(rng, _other(rng, PEOPLE, c.subject), "definite", 0.1)
            if c.recipient.number:
                c.recipient = c.recipient._replace(plural=False, number=0)
    if _TAKES_PERSONS[verb] and chosen is None and rng.random() < 0.25:
        c.object = object_pronoun(rng, c.subject)
    else:
        what = noun_phrase(rng, chosen or _other(rng, verb.objects, c.subject), takes)
        odd = what.adjective and what.adjective.en in _ODD.get(verb.name, ())
        c.object = what._replace(adjective=None) if odd else what


def action(
    rng: Random,
    kinds: Sequence[str] = _KINDS,
    tenses: str = "",
    who: Phrase | Pronoun | None = None,
    extras: float = 1.0,
    verb: Verb | None = None,
    thing: Noun | None = None,
    negative: bool | None = None,
    described: float = 0.2,
) -> Clause:
    """A clause with a verb. `extras` scales how often time, place and (if `negative` is None) negation are added."""
    while True:
        chosen = verb or pick(rng, GROUPS[pick(rng, kinds)])
        possible = "".join(tense for tense in _TENSES_OF[chosen] if tense in (tenses or _TENSES_OF[chosen]))
        what = who or subject(rng, chosen.subjects, described=described)
        agrees = (what.noun if isinstance(what, Phrase) else _MAN) in chosen.subjects
        if possible and agrees and not (chosen.takes == "single" and what.person == "p"):
            break
    verb = chosen
    c = Clause("action", what, verb, pick(rng, possible))
    if negative is not None:
        c.negative = negative
    elif verb.negatable and c.tense in "PFWYSN" and rng.random() < 0.15 * extras:
        c.negative = True
    _objects(rng, c, thing)
    if verb.destinations:
        options = verb.destinations
        if isinstance(c.object, Phrase):
            options = _SPOTS[c.object.noun]
        c.destination = pick(rng, options)
    if c.tense in _TIMED and (c.tense in "FH" or rng.random() < _TIMED[c.tense] * extras):
        indefinite = isinstance(c.object, Phrase) and c.object.determiner in ("a", "many")
        c.time = pick(rng, _EVERY if indefinite and c.tense == "H" else _TIMES_OF[c.tense])
    if verb.places and not c.negative and rng.random() < 0.4 * extras:
        c.place = pick(rng, verb.places)
    return c


def quality(rng: Random, who: Phrase | Pronoun | None = None, question: bool = False, plain: bool = False) -> Clause:
    """A clause with an adjective: the house is big. Pronouns are said to be what persons may be."""
    what = who or subject(rng, tuple(PREDICATES), pronouns=0.0, described=0.3)
    while isinstance(what, Phrase) and what.noun not in PREDICATES:  # of one's mother no adjective is told
        what = subject(rng, tuple(PREDICATES), pronouns=0.0, described=0.3)
    options = PREDICATES[what.noun] if isinstance(what, Phrase) else _OF_PERSONS
    told = pick(rng, options)
    c = Clause("quality", what, quality=told)
    if isinstance(what, Phrase):  # no white shirt is green, no young man old
        colour = what.adjective if what.adjective and what.adjective.kind == "colour" != told.kind else None
        c.subject = what._replace(size=what.size if told.kind == "colour" else None, adjective=colour)
    if not question and not plain:
        if told.kind in ("colour", "state"):
            c.negative = rng.random() < 0.2
        else:
            draw = rng.random()
            c.degree = "very" if draw < 0.25 else "too" if draw < 0.35 and told.en in _TOO else ""
            c.negative = 0.35 < draw < 0.5
    return c


def comparison(rng: Random) -> Clause:
    """A clause that compares two things of a kind: the car is newer than this bicycle."""
    while True:
        adjective = pick(rng, _COMPARED)
        nouns = adjective.nouns
        one = pick(rng, nouns)
        other = pick(rng, nouns)
        old_animal = adjective.en == "old" and "animal" in one.tags
        if old_animal or one is other or not one.tags & other.tags & _SAME_KIND:
            continue
        left, right = noun_phrase(rng, one, "subject", 0.0), noun_phrase(rng, other, "subject", 0.0)
        if not left.number and not right.number:
            return Clause("comparison", left, object=right, quality=adjective)


def existence(rng: Random) -> Clause:
    """A clause that says what there is somewhere: there are two cups on the table."""
    noun = pick(rng, _FOUND)
    return Clause("existence", noun_phrase(rng, noun, "indefinite"), place=pick(rng, _WHERE[noun]))


def location(rng: Random) -> Clause:
    """A clause that says where somebody or something is."""
    if rng.random() < 0.4:
        c = Clause("location", subject(rng, PEOPLE), place=pick(rng, _FOR_KIN))
    else:
        noun = pick(rng, _FOUND)
        c = Clause("location", noun_phrase(rng, noun, "definite", 0.2), place=pick(rng, _WHERE[noun]))
    c.negative = rng.random() < 0.15
    return c


def weather(tense: str, verb: Verb) -> Clause:
    """It is raining, it rained, if it snows."""
    return Clause("action", IT, verb, tense)
