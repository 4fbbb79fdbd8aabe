"""What a sentence means, before any language: phrases, clauses, and how two clauses are linked.

The three languages are written from the same meaning (`english`, `german`, `chinese`), and every part of a meaning is
audible in each of them. That makes the mapping between any two languages a function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from translator.data.pocket.lexicon.entries import Adjective, Noun, Place, Pronoun, Time, Verb

ME = Pronoun(("I", "me"), ("ich", "mich", "mir"), "我", "1")
HE = Pronoun(("he", "him"), ("er", "ihn", "ihm"), "他", "3")
SHE = Pronoun(("she", "her"), ("sie", "sie", "ihr"), "她", "3")
WE = Pronoun(("we", "us"), ("wir", "uns", "uns"), "我们", "p")
THEY = Pronoun(("they", "them"), ("sie", "sie", "ihnen"), "他们", "p")
IT = Pronoun(("it", "it"), ("es", "es", "ihm"), "", "3")  # of the weather
WHO = Pronoun(("who", "who"), ("wer", "wen", "wem"), "谁", "3")

Part = TypeVar("Part")

Combination = tuple[str, str, str]
"""("noun", adjective, noun) or ("object", verb, noun), in English: what may be held out of training."""

PERSONAL = (ME, HE, SHE, WE, THEY)

POSSESSIVES = {"my": ("mein", "我"), "his": ("sein", "他"), "her": ("ihr", "她"), "our": ("unser", "我们")}
"""English determiner -> German stem, Chinese owner. "Their" and "your" are left out: German ihr and Ihr are both."""
NUMBERS = {2: ("two", "zwei", "两"), 3: ("three", "drei", "三"), 4: ("four", "vier", "四")}


def given(part: Part | None) -> Part:
    """A part of a clause that its kind makes certain: the verb of an action, the place of a location."""
    assert part is not None
    return part


class Phrase(NamedTuple):
    """A noun phrase. `determiner`: a, the, this, many, none, no, or a possessive; `number`: 0, or 2 to 4."""

    noun: Noun
    determiner: str
    plural: bool = False
    number: int = 0
    size: Adjective | None = None
    adjective: Adjective | None = None

    @property
    def definite(self) -> bool:
        """Whether the hearer knows which one: German puts such objects earlier."""
        return self.determiner not in ("a", "none", "no", "many")

    @property
    def person(self) -> str:
        """Agreement with a verb: "3" or "p"."""
        return "p" if self.plural else "3"


@dataclass(slots=True)
class Clause:
    """One clause. `kind` is action, quality (is big), comparison, existence (there is), or location (is in)."""

    kind: str
    subject: Phrase | Pronoun
    verb: Verb | None = None
    tense: str = "N"
    object: Phrase | Pronoun | None = None
    recipient: Phrase | Pronoun | None = None
    place: Place | None = None
    destination: Place | None = None
    time: Time | None = None
    fronted: bool = False  # the time opens the sentence
    negative: bool = False
    quality: Adjective | None = None
    degree: str = ""  # of a quality: "", very, too
    question: str = ""  # yes-no, who, what, where
    gap: str = ""  # in a relative clause: which phrase is the noun before it: subject or object
    subject_relative: Clause | None = None
    object_relative: Clause | None = None

    @property
    def posture(self) -> str:
        """How German says that the subject is somewhere: lie, stand or sit; "" for plain `ist`."""
        tags = self.subject.noun.tags if isinstance(self.subject, Phrase) else frozenset()
        if self.kind == "location" and tags & {"person", "kin", "animal"}:
            return ""
        return next((posture for posture in ("lie", "stand", "sit") if posture in tags), "")


def back_reference(what: Phrase | Pronoun) -> Pronoun | None:
    """The pronoun that refers back to a subject alike in the three languages, or None (it: es, er or sie)."""
    if isinstance(what, Pronoun):
        return what
    tags = what.noun.tags
    if what.plural:
        return THEY if tags & {"he", "they"} else None
    return HE if "he" in tags else SHE if "she" in tags else None


@dataclass(slots=True)
class Meaning:
    """A sentence: a clause, or two with a link (because, although, but, if, that).

    `pairing` names why two clauses make sense together; "" for one clause and for that.
    """

    main: Clause
    link: str = ""
    sub: Clause | None = None
    pairing: str = ""

    def refers_back(self) -> bool:
        """Whether the second clause refers to the subject of the first, a noun, by a pronoun, after because, although.

        Chinese turns these clauses round. Then "he ... because the man" would read the same: such are not sentences.
        """
        if self.link not in ("because", "although") or isinstance(self.main.subject, Pronoun):
            return False
        return given(self.sub).subject is back_reference(self.main.subject)

    def clauses(self) -> list[Clause]:
        """All clauses, relative ones too."""
        found = [clause for clause in (self.main, self.sub) if clause]
        return found + [r for c in found for r in (c.subject_relative, c.object_relative) if r]

    def combinations(self) -> set[Combination]:
        """The combinations of adjective and noun, and of verb and object."""
        found: set[Combination] = set()
        for clause in self.clauses():
            for phrase in (clause.subject, clause.object, clause.recipient):
                if isinstance(phrase, Phrase):
                    for adjective in (phrase.size, phrase.adjective):
                        if adjective:
                            found.add(("noun", adjective.en, phrase.noun.en))
            if clause.quality and isinstance(clause.subject, Phrase):
                found.add(("noun", clause.quality.en, clause.subject.noun.en))
            if clause.verb and isinstance(clause.object, Phrase):
                found.add(("object", clause.verb.name, clause.object.noun.en))
        return found
