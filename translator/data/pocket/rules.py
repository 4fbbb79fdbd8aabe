"""Every rule and every lexical entry once, with an example each, to be read by a speaker:

python -m translator.data.pocket.rules
"""

from __future__ import annotations

from itertools import product
from random import Random

from translator.data.pocket.grammar.contrasts import CONTRASTS
from translator.data.pocket.grammar.meaning import (
    HE,
    ME,
    PERSONAL,
    POSSESSIVES,
    SHE,
    WE,
    Clause,
    Meaning,
    Phrase,
    given,
)
from translator.data.pocket.grammar.pairings import PAIRINGS
from translator.data.pocket.grammar.sentences import short
from translator.data.pocket.lexicon.adjectives import ADJECTIVES
from translator.data.pocket.lexicon.adverbials import PLACES, TIMES
from translator.data.pocket.lexicon.entries import Adjective, Place, Pronoun, Time, Verb
from translator.data.pocket.lexicon.nouns import BARE, COUNTED
from translator.data.pocket.lexicon.verbs import GROUPS, VERBS
from translator.data.pocket.records import LANGUAGES, PUNCTUATION, Sentence, write

TENSES = {
    "P": "past",
    "F": "future",
    "G": "going on",
    "H": "habit",
    "N": "state",
    "W": "wants to",
    "M": "must",
    "Y": "is allowed to",
    "S": "should",
    "C": "condition",
}
_USES = {"a": "before a noun", "n": "as a predicate", "p": "in a comparison"}
_ENOUGH = 400_000
_PATIENCE = 60_000


def _words(of: Time | Place) -> str:
    return " ".join(word for word, _ in of.en)


def _of_verb(verb: Verb, what: str) -> str:
    return f"verb {verb.name} ({verb.de_particle}{verb.de[0]}): {what}"


def _of_adjective(adjective: Adjective, use: str) -> str:
    return f"adjective {adjective.en} ({adjective.zh[0]}): {_USES[use]}"


def _phrase_rules(what: Phrase | Pronoun, role: str) -> set[str]:
    if isinstance(what, Pronoun):
        return {f"pronoun {what.en[0]}: {role}"} if what in PERSONAL else set()
    number = "number" if what.number else "plural" if what.plural else "singular"
    found = {
        f"noun {what.noun.en}" + (" (none)" if what.determiner == "none" else ""),
        f"{role}: {what.determiner} {number}",
    }
    if what.plural and not what.noun.measure:
        found.add(f"noun {what.noun.en_plural}")
    if what.noun.measure and what.determiner == "a":
        found.add(f"noun {what.noun.en}, measured")
    if what.size and what.adjective:
        found.add("size and colour")
    return found | {_of_adjective(a, "a") for a in (what.size, what.adjective) if a}


def _clause_rules(c: Clause) -> set[str]:
    found = _phrase_rules(c.subject, "subject")
    if c.kind == "comparison":
        found.add(_of_adjective(given(c.quality), "p"))
    elif c.quality:
        found |= {_of_adjective(c.quality, "n"), f"degree: {c.degree or ('not' if c.negative else 'plain')}"}
    if c.verb:
        found |= {_of_verb(c.verb, TENSES[c.tense])} | ({_of_verb(c.verb, "negative")} if c.negative else set())
    if c.object:
        found |= _phrase_rules(
            c.object, f"object in the {'dative' if c.verb and c.verb.case == 'dat' else 'accusative'}"
        )
    if c.recipient:
        found |= _phrase_rules(c.recipient, "recipient")
    if c.time:
        found.add(f"time {_words(c.time)}" + (" (first)" if c.fronted else ""))
    if c.place:
        found.add(f"place {_words(c.place)}")
    if c.destination:
        found.add(f"destination {' '.join(word for word, _ in c.destination.to_de)}")
    if c.kind in ("existence", "location"):
        found.add(f"{c.kind}: {c.posture or 'is'}")
    if c.question:
        found.add(f"question: {c.question}")
    if c.gap:
        found.add(f"relative clause: {c.gap}")
    return found


def rules_of(m: Meaning) -> set[str]:
    """The names of the rules and lexical entries that a sentence uses."""
    found = {f"link: {m.link}"} if m.link else set()
    if m.pairing:
        found.add(f"pairing: {m.pairing}")
    if m.refers_back():
        found.add(f"link: {m.link}, second subject a pronoun")
    return found.union(*(_clause_rules(clause) for clause in m.clauses()))


def all_rules() -> set[str]:
    """The names of all rules and lexical entries, from the tables."""
    found = {f"noun {noun.en}" for noun in COUNTED} | {f"noun {noun.en} (none)" for noun in BARE}
    found |= {f"noun {noun.en_plural}" for noun in COUNTED if noun.en_plural != "-"}
    found |= {f"noun {noun.en}, measured" for noun in BARE if noun.measure} | {"size and colour"}
    found |= {_of_adjective(adjective, use) for adjective in ADJECTIVES for use in adjective.uses}
    found |= {_of_verb(verb, TENSES[tense]) for verb in VERBS for tense in verb.tenses}
    found |= {_of_verb(verb, TENSES["C"]) for verb in GROUPS["weather"]}
    can_deny = [verb for name, group in GROUPS.items() for verb in group if name != "weather" and verb.negatable]
    unsaid = {"cry", "laugh", "say", "hope"}
    found |= {_of_verb(verb, "negative") for verb in can_deny if verb.name not in unsaid}
    found |= {f"time {_words(time)}" for time in TIMES}
    found |= {f"time {_words(time)} (first)" for time in TIMES if time.fronts}
    found |= {f"place {_words(place)}" for place in PLACES if "go" not in place.tags}
    found |= {f"destination {' '.join(w for w, _ in place.to_de)}" for place in PLACES if place.tags & {"go", "spot"}}
    found |= {f"pronoun {pronoun.en[0]}: subject" for pronoun in PERSONAL}
    roles = ("object in the accusative", "object in the dative", "recipient")
    found |= {f"pronoun {pronoun.en[0]}: {role}" for pronoun, role in product((ME, HE, SHE, WE), roles)}
    owned = {f"{owner} singular" for owner in POSSESSIVES}
    definite = {f"{word} {number}" for word in ("the", "this") for number in ("singular", "plural", "number")} | owned
    found |= {f"{role}: {what}" for role, what in product(("subject", *roles[:2]), definite)}
    found |= {f"recipient: {what}" for what in definite if not what.endswith("number")}
    found |= {f"{roles[0]}: {what}" for what in ("a singular", "a number", "many plural", "none singular")}
    found |= {f"degree: {degree}" for degree in ("plain", "very", "too", "not")}
    found |= {f"question: {kind}" for kind in ("yes-no", "who", "what", "where")}
    found |= {f"link: {link}" for link in ("because", "although", "but", "if", "that")}
    found |= {f"link: {link}, second subject a pronoun" for link in ("because", "although")}
    found |= {f"existence: {how}" for how in ("lie", "stand", "sit")} | {
        f"location: {how}" for how in ("lie", "stand", "is")
    }
    found |= {f"pairing: {name}" for name in (*PAIRINGS, *CONTRASTS)}
    return found | {"relative clause: subject", "relative clause: object"}


def enumerate_rules(seed: int = 0) -> list[tuple[str, Sentence]]:
    """Each rule and lexical entry once, with a sentence that uses it; RuntimeError if one is never drawn.

    The sentences have at most 12 words where that is possible.
    """
    rng = Random(f"rules {seed}")
    missing = all_rules()
    found: list[tuple[str, Sentence]] = []
    for drawn in range(_ENOUGH):
        if not missing:
            return sorted(found, key=lambda item: item[0])
        meaning = short(rng)
        new = rules_of(meaning) & missing
        most = 12 if drawn < _PATIENCE else 24  # some pairings need more words than the sentences of training have
        if new:
            sentence = write(meaning)
            if max(sum(token not in PUNCTUATION for token in sentence.tokens[code]) for code in LANGUAGES) <= most:
                found += [(name, sentence) for name in new]
                missing -= new
    raise RuntimeError(f"the grammar never drew: {', '.join(sorted(missing))}")
