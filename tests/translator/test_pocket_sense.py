"""Laws of sense of the pocket corpus: clauses that belong together, nouns that are named once."""

from random import Random

import pytest

from translator import pocket
from translator.pocket.contrasts import CONTRASTS
from translator.pocket.meaning import Phrase
from translator.pocket.pairings import PAIRINGS
from translator.pocket.sentences import short


@pytest.fixture(scope="module")
def everything():
    return [sentence for some in pocket.corpus(0).values() for sentence in some]


def test_clauses_with_because_although_if_and_but_come_from_the_typed_pairings():
    rng = Random(11)
    met = set()
    for _ in range(12_000):
        m = short(rng)
        if m.link in ("because", "although", "if"):
            pairing = PAIRINGS[m.pairing]
            done, reason = (m.sub, m.main) if pairing.form in ("why", "kin") else (m.main, m.sub)
            assert pairing.link == m.link
            assert done.verb is pairing.act.verb
            assert done.negative == pairing.act.negative
            assert reason.quality or reason.verb.name in ("have", "rain", "snow")
        elif m.link == "but":
            assert m.pairing in CONTRASTS
        else:
            assert not m.pairing
        met.add(m.pairing)
    assert len(met) > 0.7 * (len(PAIRINGS) + len(CONTRASTS))


def test_states_are_joined_with_what_people_do_in_them(everything):
    """A table written for this test: the words one of which the clause beside the state must have."""
    table = {
        ("because", "thirsty"): "drink drinks drank drinking danced played repaired sang",
        (
            "because",
            "sad",
        ): "cry cried crying not lost called call visit visited help helped helping bring brought buy bought"
        " read reading want wants invited invite must",
        ("although", "happy"): "cried crying lost not",
        ("although", "rained"): "played swam went washed read danced worked",
        ("because", "rained"): "not closed picked",
        (
            "because",
            "hungry",
        ): "ate eat eating cook cooked cooking buy bought buying went go gave give bring brought swam played not must",
    }
    met = set()
    for sentence in everything:
        tokens = sentence.tokens["en"]
        for (link, state), words in table.items():
            if link in tokens and state in tokens:
                assert set(words.split()) & set(tokens), sentence.text("en")
                met.add((link, state))
    assert met == set(table)


def test_no_noun_is_named_twice_across_clauses_and_none_has_two_colours():
    rng = Random(12)
    relatives = 0
    for _ in range(8_000):
        m = short(rng)
        for c in m.clauses():
            if c.kind == "quality" and c.quality.kind == "colour" and isinstance(c.subject, Phrase):
                assert c.subject.adjective is None
            if c.kind == "comparison":
                assert c.subject.noun is not c.object.noun
        if m.sub and isinstance(m.main.subject, Phrase):
            theirs = [what.noun for what in (m.sub.object, m.sub.recipient) if isinstance(what, Phrase)]
            assert m.main.subject.noun not in theirs
        for head, c in ((m.main.subject, m.main.subject_relative), (m.main.object, m.main.object_relative)):
            if c:
                others = [what.noun for what in (m.main.subject, m.main.object, c.subject, c.object)
                          if isinstance(what, Phrase) and what is not head]  # fmt: skip
                assert head.noun not in others
                relatives += 1
    assert relatives > 200
