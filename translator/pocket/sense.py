"""What no sentence may have, whatever it was drawn from: owners that German would misread, nouns named twice."""

from __future__ import annotations

from translator.pocket.entries import Pronoun
from translator.pocket.meaning import THEY, Clause, Meaning, Phrase


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
    """No girl beside "her son", who would be her own."""
    found = [w for c in clauses for w in (c.subject, c.object, c.recipient) if isinstance(w, Phrase)]
    children = any(w.noun.tags & {"young"} for w in found)
    return not (children and any("offspring" in w.noun.tags and w.determiner in ("his", "her") for w in found))


def is_sensible(m: Meaning) -> bool:
    """Whether every owner and every noun of the sentence is clear."""
    return _owner_is_clear(m.clauses()) and _nouns_are_distinct(m) and _ages_fit(m.clauses())
