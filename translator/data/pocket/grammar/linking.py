"""Random sentences of two clauses: because, although, if from the pairings; but from the contrasts; that."""

from __future__ import annotations

from random import Random

from translator.data.pocket.grammar.clauses import PEOPLE, action, comparison, front, quality, weather
from translator.data.pocket.grammar.contrasts import contrast
from translator.data.pocket.grammar.meaning import HE, ME, SHE, THEY, WE, Clause, Meaning, Phrase, back_reference
from translator.data.pocket.grammar.pairings import PAIRINGS, Act, Pairing
from translator.data.pocket.grammar.phrases import differ, may_mean, pick, subject
from translator.data.pocket.lexicon.adjectives import ADJECTIVES
from translator.data.pocket.lexicon.adverbials import TIMES
from translator.data.pocket.lexicon.entries import Pronoun
from translator.data.pocket.lexicon.nouns import select
from translator.data.pocket.lexicon.verbs import GROUPS

_SAY = {verb.name: verb for verb in GROUPS["clauses"]}
_LEISURE = select("leisure")
_HAVE_TIME = next(verb for verb in GROUPS["states"] if verb.name == "have" and verb.objects == _LEISURE)
_WEATHER = dict(zip(("rain", "snow"), GROUPS["weather"], strict=True))
_MOODS = {a.en: a for a in ADJECTIVES}
_SOON = tuple(time for time in TIMES if "F" in time.tenses and "P" not in time.tenses)
_KIN = select("kin -offspring")
_OWNER = {ME: "my", HE: "his", SHE: "her", WE: "our", THEY: "the"}

_BY_STATE: dict[str, dict[tuple[str, str], list[Pairing]]] = {}
for _pairing in PAIRINGS.values():
    _BY_STATE.setdefault(_pairing.link, {}).setdefault((_pairing.state, _pairing.form), []).append(_pairing)


def state(name: str, who: Phrase | Pronoun, tense: str) -> Clause:
    """Somebody is tired, has time, has no time; it is raining. `tense`: P, N, or C after if."""
    if name in _WEATHER:
        return weather("G" if tense == "N" else tense, _WEATHER[name])
    tense = "N" if tense == "C" else tense
    if name in _MOODS:
        return Clause("quality", who, tense=tense, quality=_MOODS[name])
    return Clause("action", who, _HAVE_TIME, tense, object=Phrase(_LEISURE[0], "no" if name == "no_time" else "none"))


def _act(rng: Random, act: Act, who: Phrase | Pronoun | None = None, extras: float = 0.4) -> Clause:
    """The clause of an act: with a time in the past and the future only, where the state shares it."""
    thing = pick(rng, act.nouns) if act.nouns else None
    described = 0.15 if extras < 1 else 0.7
    c = action(rng, (), act.tenses, who, extras, act.verb, thing, act.negative, described)
    if act.verb.name == "need" and isinstance(c.object, Phrase):  # one umbrella is enough
        c.object = Phrase(c.object.noun, "a", adjective=c.object.adjective)
    if act.places:
        fitting = act.verb.destinations or act.verb.places
        where = pick(rng, [place for place in fitting if place.name.split("_")[0] in act.places])
        if act.verb.destinations:
            c.destination = where
        else:
            c.place = where
    if c.tense not in "PF":
        c.time = None
    return c


def _done(rng: Random, pairing: Pairing, extras: float) -> Meaning | None:
    """Somebody does something in a state of his own, or in any weather."""
    is_weather = pairing.state in _WEATHER
    if pairing.link == "if":
        who = subject(rng, pairing.act.verb.subjects, described=0.15 if extras < 1 else 0.7)
        again: Phrase | Pronoun | None = who if is_weather else back_reference(who)
        if not again or (is_weather and isinstance(who, Phrase) and who.noun not in PEOPLE):
            return None
        main = _act(rng, pairing.act, again, extras)
        sub = state(pairing.state, who, "C")
        main.time = None
        if sub.kind == "action" and rng.random() < 0.6:
            sub.time = pick(rng, _SOON)
    else:
        main = front(rng, _act(rng, pairing.act, None, extras))
        again = back_reference(main.subject)
        of_people = isinstance(main.subject, Phrase) and main.subject.noun in PEOPLE
        if not again and not (is_weather and of_people):
            return None
        sub = state(pairing.state, again or main.subject, "P" if main.tense == "P" else "N")
    if not is_weather and again and any(may_mean(again, what) for what in (main.object, main.recipient) if what):
        return None  # who is tired, the man or the man whom he helps?
    return Meaning(main, pairing.link, sub, pairing.name)


def _done_for(rng: Random, pairing: Pairing, extras: float) -> Meaning | None:
    """I helped him because he was tired."""
    who = pick(rng, (HE, SHE))
    helper: Phrase | Pronoun = pick(rng, (ME, WE)) if pairing.link != "if" else subject(rng, PEOPLE)
    if not differ(helper, who):
        return None
    main = front(rng, _act(rng, pairing.act, helper, extras))
    if main.verb in GROUPS["gifts"]:
        main.recipient = who
    else:
        main.object = who
    sub = state(pairing.state, who, "P" if main.tense == "P" else "N")
    if pairing.link == "if":
        main.time, main.fronted = None, False
        if sub.kind == "action" and rng.random() < 0.6:
            sub.time = pick(rng, _SOON)
    return Meaning(main, pairing.link, sub, pairing.name)


def _why(rng: Random, pairing: Pairing, extras: float) -> Meaning | None:
    """Somebody is tired because of what he did, or sad because of what was done to him."""
    if pairing.form == "kin":
        owner = pick(rng, (ME, HE, SHE, WE))
        who: Phrase | Pronoun = owner
        relative = Phrase(pick(rng, _KIN), _OWNER[owner])
        if isinstance(back_reference(relative), Pronoun) and back_reference(relative) is who:
            return None
        sub = _act(rng, pairing.act, relative, extras)
        if sub.verb in GROUPS["gifts"]:
            sub.recipient = who
        else:
            sub.object = who
    else:
        who = subject(rng, PEOPLE, described=0.15 if extras < 1 else 0.7)
        again = back_reference(who)
        if not again or (isinstance(who, Phrase) and who.noun not in pairing.act.verb.subjects):
            return None
        sub = _act(rng, pairing.act, again, extras)
        if pairing.state not in ("sad", "happy"):  # nobody is thirsty of last week
            sub.time = None
        if pairing.act.verb.name in ("lose", "find") and isinstance(sub.object, Phrase):
            sub.object = sub.object._replace(
                determiner=_OWNER[again], plural=False, number=0, size=None, adjective=None
            )
    return Meaning(state(pairing.state, who, "N"), pairing.link, sub, pairing.name)


_FORMS = {"done": _done, "for": _done_for, "why": _why, "kin": _why}


def _paired(rng: Random, link: str, extras: float) -> Meaning:
    """Two clauses with because, although or if."""
    groups = tuple(_BY_STATE[link].values())
    while True:
        group = pick(rng, groups)
        pairing = pick(rng, group)
        m = _FORMS[pairing.form](rng, pairing, extras)
        if m:
            return m


def _that(rng: Random, extras: float) -> Meaning:
    verb = _SAY[pick(rng, tuple(_SAY))]
    main = Clause("action", subject(rng, PEOPLE), verb)
    if verb.name == "say" and main.subject in (ME, WE):
        main.subject = subject(rng, PEOPLE, pronouns=0.0)
    main.negative = verb.name in ("think", "know") and main.subject not in (ME, WE) and rng.random() < 0.2
    same = back_reference(main.subject) if verb.name == "say" and rng.random() < 0.4 else None
    if verb.name != "know" and rng.random() < 0.05:
        sub = weather("F", pick(rng, GROUPS["weather"]))
        sub.time = pick(rng, _SOON)
        return Meaning(main, "that", sub)
    while True:
        draw = rng.random()
        if verb.name == "think":  # of opinions only: 觉得
            sub = quality(rng) if draw < 0.5 else comparison(rng) if draw < 0.75 else action(rng, tenses="S")
            if sub.quality and sub.quality.kind in ("colour", "state"):
                continue
        else:
            sub = quality(rng, same) if draw < 0.15 else action(rng, who=same, extras=extras)
        if (verb.name != "hope" or sub.tense == "F") and (same or differ(main.subject, sub.subject)):
            return Meaning(main, "that", sub)


def linked(rng: Random, extras: float = 0.4) -> Meaning:
    """Two clauses with because, although, but, if, that. `extras` above 1: long ones."""
    link = pick(rng, ("because", "because", "although", "but", "but", "if", "that", "that"))
    if link == "that":
        return _that(rng, extras)
    return contrast(rng, extras) if link == "but" else _paired(rng, link, extras)
