"""Meaning to English words."""

from __future__ import annotations

from functools import cache

from translator.data.pocket import words as p
from translator.data.pocket.grammar.meaning import NUMBERS, Clause, Meaning, Phrase, given
from translator.data.pocket.lexicon.entries import Pronoun
from translator.data.pocket.words import Word, shifted

_BE = {"1": "am", "3": "is", "p": "are"}
_WAS = {"1": "was", "3": "was", "p": "were"}
_VOWELS = frozenset("aeiou")


@cache
def phrase(what: Phrase | Pronoun, role: int, is_object: bool = False) -> tuple[Word, ...]:
    """The words of a noun phrase or a pronoun: two small red apples, my mother, a cup of tea, him."""
    if isinstance(what, Pronoun):
        return ((what.en[is_object], p.NOUN << role),)
    noun = what.noun
    words = []
    if what.adjective or what.size:
        words += [(a.en, part) for a, part in ((what.size, p.SIZE), (what.adjective, p.ADJECTIVE)) if a]
    counted = noun.measure if noun.measure and what.determiner != "none" else None
    if counted:
        words += [(counted.en_plural if what.plural else counted.en, p.MEASURE), ("of", p.MEASURE), (noun.en, p.NOUN)]
    else:
        words += [(word, p.NOUN) for word in (noun.en_plural if what.plural else noun.en).split()]
    if what.number:
        words.insert(0, (NUMBERS[what.number][0], p.NUMBER))
    article = what.determiner
    if article == "a":
        article = "" if what.plural else "an" if words[0][0][0] in _VOWELS else "a"
    elif article == "this":
        article = "these" if what.plural else "this"
    if article not in ("", "none"):
        words.insert(0, (article, p.DETERMINER))
    return tuple(shifted(words, role))


def _verbs(c: Clause) -> tuple[list[Word], list[Word]]:
    """The auxiliary that a question moves and `not` follows (or none), and the rest of the verbs."""
    base, third, past, ing = given(c.verb).en
    person = c.subject.person
    bare, verb = person != "3", (base, p.VERB)
    do = bool(c.negative or c.question in ("yes-no", "what"))
    match c.tense:
        case "P" if do:
            return [("did", p.TENSE)], [verb]
        case "P":
            return [], [(past, p.VERB | p.TENSE)]
        case "F":
            return [("will", p.TENSE)], [verb]
        case "G":
            return [(_BE[person], p.TENSE)], [(ing, p.VERB)]
        case "W" if do:
            return [("do" if bare else "does", p.MODAL)], [("want", p.MODAL), ("to", p.MODAL), verb]
        case "W":
            return [], [("want" if bare else "wants", p.MODAL), ("to", p.MODAL), verb]
        case "M":
            return [("must", p.MODAL)], [verb]
        case "Y":
            return [(_BE[person], p.MODAL)], [("allowed", p.MODAL), ("to", p.MODAL), verb]
        case "S":
            return [("should", p.MODAL)], [verb]
    if base == "wear":  # a state, but English says it with -ing
        return [(_BE[person], p.VERB)], [(ing, p.VERB)]
    return ([("do" if bare else "does", p.VERB)], [verb]) if do else ([], [(base if bare else third, p.VERB)])


def _after_verb(c: Clause) -> list[Word]:
    """Particle, recipient, object, destination."""
    verb = given(c.verb)
    particle = [(word, p.VERB) for word in verb.en_particle.split()]
    thing = list(phrase(c.object, p.OBJECT, True)) if c.object and c.gap != "object" and c.question != "what" else []
    if c.object_relative:
        thing += relative(c.object_relative, 4)
    words = thing + particle if verb.en_splits and isinstance(c.object, Pronoun) else particle + thing
    if c.recipient:
        words = list(phrase(c.recipient, p.RECIPIENT, True)) + words
    return words + (shifted(c.destination.to_en, p.DESTINATION) if c.destination else [])


def _predicate(c: Clause) -> tuple[list[Word], list[Word]]:
    """The auxiliary and the rest of the clause up to the place; the subject goes before or between."""
    if c.kind == "action":
        auxiliary, verbs = _verbs(c)
        adverb = list(c.time.en) if c.time and c.time.before_verb and not c.fronted else []
        denial = [("not", p.NEGATION)] if c.negative else []
        return auxiliary, denial + adverb + verbs + _after_verb(c)
    rest = [("not", p.NEGATION)] if c.negative else []
    if c.kind == "quality":
        rest += [(c.degree, p.DEGREE)] if c.degree else []
        rest += [(given(c.quality).en, p.QUALITY)]
    elif c.kind == "comparison":
        rest += [(word, p.QUALITY) for word in given(c.quality).en_more.split()]
        rest += [("than", p.THAN), *phrase(given(c.object), p.OBJECT)]
    return [((_WAS if c.tense == "P" else _BE)[c.subject.person], p.VERB)], rest


def clause(c: Clause) -> list[Word]:
    """The words of a clause."""
    auxiliary, rest = _predicate(c)
    subject = list(phrase(c.subject, p.SUBJECT))
    if c.gap == "subject":
        assert isinstance(c.subject, Phrase)  # whose relative clause this is
        subject = [("who" if c.subject.noun.tags & {"person", "kin"} else "that", p.RELATIVE)]
    if c.subject_relative:
        subject += relative(c.subject_relative, 2)
    if c.kind == "existence":
        subject, rest = [("there", p.VERB)], subject
    place = shifted(c.place.en, p.PLACE) if c.place else []
    time = list(c.time.en) if c.time and (c.fronted or not c.time.before_verb) else []
    if c.question in ("yes-no", "what", "where"):
        words = auxiliary + subject + rest
        asked = {"what": (("what", p.NOUN << p.OBJECT),), "where": (("where", p.NOUN << p.PLACE),)}.get(c.question, ())
        words = [*asked, *words]
    else:
        words = subject + auxiliary + rest
    if c.gap == "object":
        words = [("that", p.RELATIVE), *words]
    if c.question == "where":
        place = []
    return time + words + place if c.fronted else words + place + time


def relative(c: Clause, block: int) -> list[Word]:
    """A relative clause, its parts moved to their own bits: who bought the car; that the boy found."""
    return shifted(clause(c), block * p.CLAUSE_BITS)


def sentence(m: Meaning) -> list[Word]:
    """The words of a sentence, with their parts."""
    main = clause(m.main)
    stop = ("?" if m.main.question else ".", p.STOP)
    if m.sub is None:
        return [*main, stop]
    sub = shifted(clause(m.sub), p.CLAUSE_BITS)
    if m.link == "if":
        return [("if", p.LINK), *sub, (",", p.COMMA), *main, stop]
    comma = [(",", p.COMMA)] if m.link == "but" else []
    return [*main, *comma, (m.link, p.LINK), *sub, stop]
