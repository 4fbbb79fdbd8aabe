"""Meaning to German words: verb second, verb first, verb last; the order of the middle field."""

from __future__ import annotations

from translator.data.pocket import words as p
from translator.data.pocket.grammar.meaning import SHE, Clause, Meaning, Phrase, given
from translator.data.pocket.lexicon.entries import Pronoun
from translator.data.pocket.words import Word, shifted
from translator.data.pocket.writers.german_words import POSTURES, RELATIVE_PRONOUNS, auxiliary, phrase, present

_LINKS = {"because": "weil", "although": "obwohl", "but": "aber", "if": "wenn", "that": "dass"}
_DEGREES = {"very": "sehr", "too": "zu"}
_MODALS = {"F": "werden", "W": "wollen", "M": "müssen", "Y": "dürfen", "S": "sollten"}


def _verbs(c: Clause) -> tuple[Word, list[Word], bool]:
    """The finite verb, the closing bracket (participle, infinitive or particle), whether that is a mere particle."""
    verb, person = given(c.verb), c.subject.person
    infinitive, _, participle = verb.de
    if c.tense == "P" and infinitive == "haben":  # hatte Zeit, which is what people say
        return (auxiliary("hatten", person), p.VERB | p.TENSE), [], False
    if c.tense == "P":
        return (auxiliary(verb.auxiliary, person), p.TENSE), [(participle, p.VERB)], False
    if c.tense in _MODALS:
        part = p.TENSE if c.tense == "F" else p.MODAL
        return (auxiliary(_MODALS[c.tense], person), part), [(verb.de_particle + infinitive, p.VERB)], False
    return (present(verb, person), p.VERB), [(verb.de_particle, p.VERB)] if verb.de_particle else [], True


def _middle(c: Clause) -> list[Word]:
    """What stands between the two parts of the verb, in the order of German.

    Pronouns come first; then the time; then definite objects, before the place and before `nicht`; then indefinite
    ones. Of habits and under negation definite objects come even before the time: ruft die Frau oft an.
    """
    first: list[Word] = []
    early: list[Word] = []
    objects: list[Word] = []
    late: list[Word] = []
    case = given(c.verb).case
    if c.recipient:
        words = phrase(c.recipient, p.RECIPIENT, "dat")
        (first if isinstance(c.recipient, Pronoun) else early if c.tense == "H" or c.negative else objects).extend(
            words
        )
    if c.object and c.gap != "object" and c.question != "what":
        if case == "auf":
            late += [("auf", p.VERB), *phrase(c.object, p.OBJECT, "acc")]
        elif isinstance(c.object, Pronoun):
            first += phrase(c.object, p.OBJECT, case)
        else:
            words = phrase(c.object, p.OBJECT, case)
            # Er schaltet die Lampe jeden Abend ein, but er füttert immer das Pferd.
            scrambled = early if c.negative or (c.time and c.time.is_every) else objects
            (scrambled if c.object.definite else late).extend(words)
    if c.destination:
        late += shifted(c.destination.to_de, p.DESTINATION)
    time = list(c.time.de) if c.time and not c.fronted else [("gerade", p.TENSE)] if c.tense == "G" else []
    denial = [("nicht", p.NEGATION)] if c.negative else []
    place = shifted(c.place.de, p.PLACE) if c.place else []
    return first + early + time + objects + denial + place + late


def _inverted(c: Clause, finite: Word, subject: list[Word], middle: list[Word]) -> list[Word]:
    """Finite verb and subject, the object's pronoun before a noun that is the subject: hat mir der Mann geholfen.

    Not sie and ihr, which would then read as the subject or its possessive.
    """
    pronoun = next((what for what in (c.recipient, c.object) if isinstance(what, Pronoun)), None)
    if pronoun in (None, SHE) or isinstance(c.subject, Pronoun) or given(c.verb).case == "auf":
        return [finite, *subject, *middle]
    return [finite, middle[0], *subject, *middle[1:]]


def _parts(c: Clause) -> tuple[list[Word], Word, list[Word], list[Word], bool]:
    """Subject, finite verb, middle field, closing bracket, whether the bracket is a mere particle."""
    subject = list(phrase(c.subject, p.SUBJECT))
    if c.subject_relative:
        subject += [*relative(c.subject_relative, 2), (",", p.COMMA << 2 * p.CLAUSE_BITS)]
    if c.kind == "action":
        finite, bracket, is_particle = _verbs(c)
        return subject, finite, _middle(c), bracket, is_particle
    person = c.subject.person
    middle = [("nicht", p.NEGATION)] if c.negative else []
    finite = (auxiliary("waren" if c.tense == "P" else "sein", person), p.VERB)
    if c.kind == "quality":
        middle += [(_DEGREES[c.degree], p.DEGREE)] if c.degree else []
        middle += [(given(c.quality).de, p.QUALITY)]
    elif c.kind == "comparison":
        middle += [(given(c.quality).de_more, p.QUALITY), ("als", p.THAN), *phrase(given(c.object), p.OBJECT)]
    else:
        posture = c.posture
        if posture and c.question != "where":
            finite = (POSTURES[posture][person == "p"], p.VERB)
        middle += shifted(c.place.de, p.PLACE) if c.place else []
    return subject, finite, middle, [], True


def clause(c: Clause, order: str = "second") -> list[Word]:
    """The words of a clause with its finite verb in `order`: second, first (questions, after a clause) or last."""
    subject, finite, middle, bracket, is_particle = _parts(c)
    if order == "last":
        if c.gap:
            head = c.subject if c.gap == "subject" else c.object
            assert isinstance(head, Phrase)  # whose relative clause this is
            pronoun = RELATIVE_PRONOUNS["p" if head.plural else head.noun.gender][c.gap == "object"]
            subject = [(pronoun, p.RELATIVE)] + ([] if c.gap == "subject" else subject)
        if is_particle and bracket:  # the particle and the verb become one word again: an + ruft
            return [*subject, *middle, (bracket[0][0] + finite[0], p.VERB)]
        if c.kind == "comparison":  # dass er größer ist als sie
            than = next(at for at, (word, _) in enumerate(middle) if word == "als")
            return [*subject, *middle[:than], finite, *middle[than:]]
        return [*subject, *middle, *bracket, finite]
    if c.question == "where":
        return [("wo", p.NOUN << p.PLACE), finite, *subject]
    if c.kind == "existence":  # under the table sits a cat
        return [*middle, finite, *subject]
    if order == "first" or c.question == "yes-no":
        words = [*_inverted(c, finite, subject, middle), *bracket]
    elif c.question == "what":
        words = [("was", p.NOUN << p.OBJECT), *_inverted(c, finite, subject, middle), *bracket]
    elif c.fronted:
        words = [*given(c.time).de, *_inverted(c, finite, subject, middle), *bracket]
    else:
        words = [*subject, finite, *middle, *bracket]
    return words + relative(c.object_relative, 4) if c.object_relative else words


def relative(c: Clause, block: int) -> list[Word]:
    """A relative clause after its comma, its parts moved to their own bits: ", den der Junge gefunden hat"."""
    return shifted([(",", p.COMMA), *clause(c, "last")], block * p.CLAUSE_BITS)


def sentence(m: Meaning) -> list[Word]:
    """The words of a sentence, with their parts."""
    stop = ("?" if m.main.question else ".", p.STOP)
    if m.sub is None:
        return [*clause(m.main), stop]
    link, comma = (_LINKS[m.link], p.LINK), (",", p.COMMA)
    sub = shifted(clause(m.sub, "second" if m.link == "but" else "last"), p.CLAUSE_BITS)
    if m.link == "if":
        return [link, *sub, comma, *clause(m.main, "first"), stop]
    return [*clause(m.main), comma, link, *sub, stop]
