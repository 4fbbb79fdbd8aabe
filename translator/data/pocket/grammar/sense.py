"""What no sentence may have, whatever it was drawn from: misread owners, nouns named twice, "not a glass"."""

from __future__ import annotations

from translator.data.pocket.grammar.meaning import IT, THEY, Clause, Meaning, Phrase, given
from translator.data.pocket.lexicon.entries import Pronoun


def _is_plural(what: Phrase | Pronoun) -> bool:
    return what is THEY or (isinstance(what, Phrase) and what.plural)


def _owner_is_clear(clauses: list[Clause]) -> bool:
    """No her (German ihr) beside the subject they or the men: it would be read as their. No his either, as in English.

    The owner of a subject in the plural is no matter: her two daughters.
    """
    owned = []
    for c in clauses:
        owned += [what for what in (c.object, c.recipient) if isinstance(what, Phrase)]
        if any(_is_plural(other.subject) for other in clauses if other is not c) and isinstance(c.subject, Phrase):
            owned.append(c.subject)
    return not any(_is_plural(c.subject) for c in clauses) or not any(w.determiner in ("her", "his") for w in owned)


def _nouns(*some: Phrase | Pronoun | None) -> list[str]:
    return [what.noun.en for what in some if isinstance(what, Phrase)]


def _nouns_are_distinct(m: Meaning) -> bool:
    """No noun twice around a relative clause (the man who reads the story that the man wrote), no subject as the object
    of the other clause."""
    found = _nouns(m.main.subject, m.main.object, m.main.recipient)
    relatives = [c for c in (m.main.subject_relative, m.main.object_relative) if c]
    for c in relatives:
        found += _nouns(None if c.gap == "subject" else c.subject, None if c.gap == "object" else c.object, c.recipient)
    if m.sub:  # the lady hopes that they will thank the lady
        for one, other in ((m.main, m.sub), (m.sub, m.main)):
            if set(_nouns(one.subject)) & set(_nouns(other.object, other.recipient)):
                return False
    return not relatives or len(found) == len(set(found))


def _ages_fit(clauses: list[Clause]) -> bool:
    """No girl beside "her son", who would be her own; no boys who have a son."""
    found = [w for c in clauses for w in (c.subject, c.object, c.recipient) if isinstance(w, Phrase)]
    children = any(w.noun.tags & {"young"} for w in found)
    return not (
        children and any("offspring" in w.noun.tags and w.determiner in ("his", "her", "a", "many") for w in found)
    )


def _seeks_a_few(clauses: list[Clause]) -> bool:
    """No looking for many cats."""
    sought = [c.object for c in clauses if c.verb and c.verb.name == "look for" and isinstance(c.object, Phrase)]
    return all(what.determiner != "many" for what in sought)


def _denies_no_indefinite(clauses: list[Clause]) -> bool:
    """No "did not drink a glass of water", which German says with kein. (Games stay: nicht Fußball spielen.)"""
    denied = [c.object for c in clauses if c.negative and isinstance(c.object, Phrase)]
    return all(what.definite or "game" in what.noun.tags for what in denied)


def _moments_fit(clauses: list[Clause]) -> bool:
    """No hunger and no wish to drink of last week or next week; only one clause of what is going on now."""
    weeks = [c for c in clauses if c.time and any(word == "week" for word, _ in c.time.en)]
    momentary = any(c.quality and c.quality.en in _MOMENTARY for c in clauses)
    wanted = any(c.tense == "W" and given(c.verb).name in _AT_ONCE for c in weeks)
    return not (weeks and momentary) and not wanted and sum(c.tense == "G" for c in clauses) < 2


_MOMENTARY = frozenset(("thirsty", "hungry", "tired"))
_AT_ONCE = frozenset(("drink", "eat", "sleep"))


def _asks_what_may_be(clauses: list[Clause]) -> bool:
    """No "who never feeds the cat?": nobody asks so."""
    return not any(c.question and c.time and c.time.en[0][0] in ("seldom", "never") for c in clauses)


def _possessives_agree(clauses: list[Clause]) -> bool:
    """No "her" or "his" beside a girl, child or guest: German sein or ihr would say of whom, English does not."""
    found = [w for c in clauses for w in (c.subject, c.object, c.recipient) if isinstance(w, Phrase)]
    open_sex = any(w.noun.en in ("girl", "child", "guest") and not w.plural for w in found)
    return not (open_sex and any(w.determiner in ("her", "his") for w in found))


def _one_time_is_enough(m: Meaning, clauses: list[Clause]) -> bool:
    """No time in a relative clause beside one of the main clause; nobody writes books in a day.

    Nor a time that opens a sentence about the weather, where Chinese has no subject to put it before or behind.
    """
    if m.link in ("because", "although") and given(m.sub).subject is IT and m.main.fronted:
        return False
    relatives = [c for c in (m.main.subject_relative, m.main.object_relative) if c]
    twice = m.main.time is not None and any(c.time for c in relatives)
    wrote = any(
        c.verb and c.verb.name == "write" and c.time and isinstance(c.object, Phrase) and c.object.noun.en == "book"
        for c in clauses
    )
    return not twice and not wrote


_NOT_AT_MARKETS = frozenset(("house", "vehicle", "device", "camera", "instrument", "room"))


def _market_has_it(clauses: list[Clause]) -> bool:
    """No house that is sold at the market."""
    there = [c.object for c in clauses if c.place and c.place.name == "market" and isinstance(c.object, Phrase)]
    return not any(what.noun.tags & _NOT_AT_MARKETS for what in there)


def _weather_needs_no_clean_coat(m: Meaning) -> bool:
    """No clean jacket because it is snowing: beside the weather things have colours at most."""
    if m.sub is None or m.sub.subject is not IT or m.link == "that":
        return True
    c = m.main
    if c.verb is None or c.verb.name not in ("need", "wear") or not isinstance(c.object, Phrase):
        return True
    return c.object.adjective is None or c.object.adjective.kind == "colour"


def is_sensible(m: Meaning) -> bool:
    """Whether every owner and noun of the sentence is clear, what is denied definite, and what is momentary of now."""
    clauses = m.clauses()
    fits = (
        _asks_what_may_be(clauses)
        and _seeks_a_few(clauses)
        and _market_has_it(clauses)
        and _possessives_agree(clauses)
        and _one_time_is_enough(m, clauses)
        and _weather_needs_no_clean_coat(m)
        and _ages_fit(clauses)
        and _denies_no_indefinite(clauses)
        and _moments_fit(clauses)
    )
    return fits and _owner_is_clear(clauses) and _nouns_are_distinct(m)
