"""German forms: articles, adjective endings, the present tense; noun phrases in three cases."""

from __future__ import annotations

from functools import cache

from translator.data.pocket import words as p
from translator.data.pocket.grammar.meaning import NUMBERS, POSSESSIVES, Phrase
from translator.data.pocket.lexicon.entries import Pronoun, Verb
from translator.data.pocket.words import Word, shifted

CASES = ("nom", "acc", "dat")

# Endings by gender (m f n, p for the plural of all three), for the cases in the order of CASES.
_DER = {"m": ("der", "den", "dem"), "f": ("die", "die", "der"), "n": ("das", "das", "dem"), "p": ("die", "die", "den")}
_DIES = {"m": ("er", "en", "em"), "f": ("e", "e", "er"), "n": ("es", "es", "em"), "p": ("e", "e", "en")}
_EIN = {"m": ("", "en", "em"), "f": ("e", "e", "er"), "n": ("", "", "em"), "p": ("e", "e", "en")}
# Adjective endings: after der and dieser (weak), after ein and mein (mixed), without an article (strong).
_WEAK = {"m": ("e", "en", "en"), "f": ("e", "e", "en"), "n": ("e", "e", "en"), "p": ("en", "en", "en")}
_MIXED = {"m": ("er", "en", "en"), "f": ("e", "e", "en"), "n": ("es", "es", "en"), "p": ("en", "en", "en")}
_STRONG = {"p": ("e", "e", "en")}

RELATIVE_PRONOUNS = _DER  # in the nominative and the accusative they are the article's forms


def _article(what: Phrase, gender: str, case: int) -> str:
    if what.determiner == "the":
        return _DER[gender][case]
    if what.determiner == "this":
        return "dies" + _DIES[gender][case]
    if what.determiner == "many":
        return "viel" + _DIES[gender][case]
    if what.determiner == "a":
        return "" if what.plural else "ein" + _EIN[gender][case]
    if what.determiner == "none":
        return ""
    if what.determiner == "no":
        return "kein" + _EIN[gender][case]
    return POSSESSIVES[what.determiner][0] + _EIN[gender][case]


def _ending(what: Phrase, gender: str, case: int) -> str:
    if what.determiner in ("the", "this"):
        return _WEAK[gender][case]
    if what.plural and what.determiner in ("a", "many"):
        return _STRONG[gender][case]
    return _MIXED[gender][case]


def _dative_plural(noun: str) -> str:
    return noun if noun[-1] in "ns" else noun + "n"


@cache
def phrase(what: Phrase | Pronoun, role: int, case_name: str = "nom") -> tuple[Word, ...]:
    """The words of a noun phrase or pronoun: den zwei kleinen Hunden, meiner Mutter, eine Tasse Tee, ihm."""
    case = CASES.index(case_name)
    if isinstance(what, Pronoun):
        return ((what.de[case], p.NOUN << role),)
    noun = what.noun
    counted = noun.measure if noun.measure and what.determiner != "none" else None
    head = counted or noun
    gender = "p" if what.plural else head.gender
    words = []
    article = _article(what, gender, case)
    if article:
        words.append((article, p.DETERMINER))
    if what.number:
        words.append((NUMBERS[what.number][1], p.NUMBER))
    for adjective, part in ((what.size, p.SIZE), (what.adjective, p.ADJECTIVE)):
        if adjective:
            words.append((adjective.de_stem + _ending(what, gender, case), part))
    form = head.de_plural if what.plural else head.oblique if case else head.de
    if what.plural and case_name == "dat":
        form = _dative_plural(form)
    words.append((form, p.MEASURE if counted else p.NOUN))
    if counted:
        words.append((noun.de, p.NOUN))
    return tuple(shifted(words, role))


_IRREGULAR = {
    "haben": ("habe", "hat", "haben"),
    "sein": ("bin", "ist", "sind"),
    "hatten": ("hatte", "hatte", "hatten"),
    "waren": ("war", "war", "waren"),
    "werden": ("werde", "wird", "werden"),
    "wollen": ("will", "will", "wollen"),
    "müssen": ("muss", "muss", "müssen"),
    "dürfen": ("darf", "darf", "dürfen"),
    "sollten": ("sollte", "sollte", "sollten"),
    "mögen": ("mag", "mag", "mögen"),
    "wissen": ("weiß", "weiß", "wissen"),
}
POSTURES = {"lie": ("liegt", "liegen"), "stand": ("steht", "stehen"), "sit": ("sitzt", "sitzen")}


def auxiliary(infinitive: str, person: str) -> str:
    """The present tense of an auxiliary or modal verb; `person` is "1", "3" or "p"."""
    return _IRREGULAR[infinitive]["13p".index(person)]


def present(verb: Verb, person: str) -> str:
    """The present tense of a verb without its particle: ich lese, er liest, sie lesen."""
    infinitive, third, _ = verb.de
    if infinitive in _IRREGULAR:
        return auxiliary(infinitive, person)
    first = infinitive[:-1] if infinitive.endswith("en") else infinitive[:-1] + "e"
    return {"1": first, "3": third, "p": infinitive}[person]
