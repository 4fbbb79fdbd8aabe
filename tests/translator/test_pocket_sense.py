"""Laws of sense of the pocket corpus: clauses that belong together, nouns that are named once."""

from itertools import pairwise
from random import Random

import pytest

from translator.data import pocket
from translator.data.pocket.grammar.contrasts import CONTRASTS
from translator.data.pocket.grammar.meaning import Phrase
from translator.data.pocket.grammar.pairings import PAIRINGS
from translator.data.pocket.grammar.sentences import short


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


def test_nothing_indefinite_is_denied(everything):
    """Not "nicht ein Glas Wasser": German would say kein."""
    articles = {"ein", "eine", "einen", "einem", "einer", "viele", "Tee", "Kaffee", "Wasser", "Milch", "Saft"}
    met = 0
    for sentence in everything:
        tokens = sentence.tokens["de"]
        if "nicht" in tokens:
            i = tokens.index("nicht")
            assert tokens[i + 1] not in articles, sentence.text("de")
            met += 1
    assert met > 3_000


def test_only_one_clause_is_going_on_now_and_no_moment_is_of_a_week(everything):
    weeks = now = 0
    for sentence in everything:
        tokens = sentence.tokens["en"]
        assert sentence.tokens["de"].count("gerade") < 2, sentence.text("de")
        now += "gerade" in sentence.tokens["de"]
        if "week" in tokens:
            assert not {"thirsty", "hungry", "tired"} & set(tokens), sentence.text("en")
            weeks += 1
            if len(sentence.tokens["en"]) < 14 and {"want", "wants"} & set(tokens) and "," not in tokens:
                assert not {"to drink", "to eat", "to sleep"} & {f"{a} {b}" for a, b in pairwise(tokens)}
    assert weeks > 1_000
    assert now > 3_000


def test_people_listen_to_songs_only():
    rng = Random(13)
    clauses = [c for _ in range(8_000) for c in short(rng).clauses()]
    heard = {c.object.noun.en for c in clauses if c.verb and c.verb.name == "listen to" and c.object}
    assert heard == {"song"}
