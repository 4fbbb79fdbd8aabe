"""Laws of the pocket corpus: how many pairs, always the same ones, a function in every direction, honest splits."""

import hashlib
from itertools import combinations, pairwise, permutations
from random import Random

import pytest

from translator.data import pocket
from translator.data.pocket.grammar.sentences import short
from translator.data.pocket.records import write
from translator.data.pocket.rules import all_rules

SPLITS = ("train", "valid", "seen", "heldout", "longer")
DIRECTIONS = list(permutations(pocket.LANGUAGES, 2))
MARKS = set(".,?。，？")

# What one language says and another leaves out (articles of places, the copula of qualities); all else must be aligned.
MAY_STAND_ALONE = {
    "en": set("the that it am is are at".split()),  # noqa: SIM905
    "de": set("der die das den dem dass es bin ist sind am".split()),  # noqa: SIM905
    "zh": {"吗"},
}


@pytest.fixture(scope="module")
def corpus():
    return pocket.corpus(0)


@pytest.fixture(scope="module")
def everything(corpus):
    return [sentence for name in SPLITS for sentence in corpus[name]]


def words(sentence, language):
    return [token for token in sentence.tokens[language] if token not in MARKS]


def test_the_splits_have_their_documented_sizes(corpus):
    assert {name: len(sentences) for name, sentences in corpus.items()} == pocket.SIZES
    assert pocket.SIZES["train"] >= 100_000


@pytest.mark.parametrize(("source", "target"), DIRECTIONS)
def test_translation_is_a_function_and_no_pair_comes_twice(everything, source, target):
    translation = {}
    for sentence in everything:
        text, translated = sentence.text(source), sentence.text(target)
        assert translation.setdefault(text, translated) == translated
    assert len(translation) == len(everything) >= 100_000


def test_the_corpus_of_seed_0_is_the_recorded_one(everything):
    digest = hashlib.sha256()
    for sentence in everything:
        for language in pocket.LANGUAGES:
            digest.update(sentence.text(language).encode() + b"\n")
        digest.update(repr([sentence.alignment(*pair) for pair in combinations(pocket.LANGUAGES, 2)]).encode())
    assert digest.hexdigest() == "fa618a3d498e290274c592358e75fbcf51898608eaa16a51e8d27d9137dd671c"


def test_the_same_seed_draws_the_same_sentences_and_another_seed_others():
    one, again, other = (
        [write(short(rng)).text("de") for _ in range(200)] for rng in (Random(5), Random(5), Random(6))
    )
    assert one == again
    assert len(set(one) & set(other)) < 20
    assert pocket.held_out_combinations(0) != pocket.held_out_combinations(1)


def test_no_sentence_is_in_two_splits(corpus):
    for language in pocket.LANGUAGES:
        texts = {name: {sentence.text(language) for sentence in corpus[name]} for name in SPLITS}
        for one, other in combinations(SPLITS, 2):
            assert texts[one].isdisjoint(texts[other]), f"{language}: {one} and {other} share a sentence"


def test_longer_sentences_are_longer_than_all_of_training_in_every_language(corpus):
    for language in pocket.LANGUAGES:
        lengths = {name: [len(words(sentence, language)) for sentence in corpus[name]] for name in SPLITS}
        assert min(lengths["train"]) >= 4
        assert max(max(lengths[name]) for name in SPLITS[:4]) <= 12 < min(lengths["longer"])
        assert max(lengths["longer"]) <= 24


def test_every_word_of_a_test_split_occurs_in_training(corpus):
    for language in pocket.LANGUAGES:
        known = {token for sentence in corpus["train"] for token in sentence.tokens[language]}
        for name in SPLITS[1:]:
            assert known.issuperset(token for sentence in corpus[name] for token in sentence.tokens[language])


def test_held_out_sentences_have_a_held_out_combination_and_the_others_none(corpus):
    held_out = pocket.held_out_combinations(0)
    for name in SPLITS:
        for sentence in corpus[name]:
            assert sentence.unseen <= held_out
            assert bool(sentence.unseen) == (name == "heldout")
    met = {combination for sentence in corpus["heldout"] for combination in sentence.unseen}
    assert len(met) > 0.7 * len(held_out)


def test_training_never_shows_a_held_out_adjective_beside_its_noun_but_shows_both_apart(corpus):
    colours_and_nouns = {"red", "blue", "green", "white", "black"}
    held_out = {(adjective, noun) for kind, adjective, noun in pocket.held_out_combinations(0) if kind == "noun"}
    assert len(held_out) > 30
    beside, alone = set(), set()
    for sentence in corpus["train"]:
        tokens = sentence.tokens["en"]
        beside.update(pairwise(tokens))
        triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
        beside.update((first, last) for first, middle, last in triples if middle in colours_and_nouns)
        alone.update(tokens)
    assert beside.isdisjoint(held_out)
    assert alone.issuperset(word for pair in held_out for word in pair)


def test_training_never_shows_a_held_out_verb_before_its_object(corpus):
    forms = {"buy": "buy buys bought buying", "draw": "draw draws drew drawing", "see": "see sees saw seeing"}
    forms |= {"repair": "repair repairs repaired repairing", "like": "like likes liked", "need": "need needs needed"}
    held_out = {
        (verb, noun) for kind, verb, noun in pocket.held_out_combinations(0) if kind == "object" and verb in forms
    }
    assert len(held_out) > 10
    patterns = {f" {form} {article} {noun} " for verb, noun in held_out for form in forms[verb].split()
                for article in ("a", "an", "the", "this", "my", "his", "her", "our")}  # fmt: skip
    for sentence in corpus["train"]:
        tokens = sentence.tokens["en"]
        triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
        assert patterns.isdisjoint(f" {' '.join(triple)} " for triple in triples), sentence.text("en")


def test_alignments_lie_in_the_sentence_and_are_the_same_from_both_sides(everything):
    for sentence in everything[::7]:
        for source, target in combinations(pocket.LANGUAGES, 2):
            links = sentence.alignment(source, target)
            assert links == sorted(set(links))
            assert all(
                0 <= i < len(sentence.tokens[source]) and 0 <= j < len(sentence.tokens[target]) for i, j in links
            )
            assert sorted((j, i) for i, j in links) == sentence.alignment(target, source)


def test_every_content_word_is_aligned_in_every_direction(everything):
    for sentence in everything[::3]:
        for source, target in DIRECTIONS:
            aligned = {i for i, _ in sentence.alignment(source, target)}
            for i, token in enumerate(sentence.tokens[source]):
                free = token.lower() in MAY_STAND_ALONE[source] or token in MARKS - set(".?。？")
                assert free or i in aligned, f"{token} of {sentence.text(source)!r} against {sentence.text(target)!r}"


def test_names_of_things_are_aligned_with_their_translations(everything):
    dictionary = {
        "dog": ("Hund", "狗"),
        "apples": ("Äpfel", "苹果"),
        "bicycle": ("Fahrrad", "自行车"),
        "Monday": ("Montag", "星期一"),
        "small": ("klein", "小"),
        "opened": ("aufgemacht", "打开"),
        "because": ("weil", "因为"),
        "school": ("Schule", "学校"),
    }
    met = set()
    for sentence in everything[::5]:
        tokens = sentence.tokens
        for place, language in enumerate(("de", "zh")):
            for i, word in enumerate(tokens["en"]):
                if word in dictionary and tokens["en"].count(word) == 1:
                    expected = dictionary[word][place]
                    theirs = [tokens[language][j] for k, j in sentence.alignment("en", language) if k == i]
                    assert any(token.lower().startswith(expected.lower()) for token in theirs), sentence.text("en")
                    met.add(word)
    assert met == set(dictionary)


def test_texts_are_written_as_people_write_them(everything):
    for sentence in everything[::3]:
        for language in ("en", "de"):
            text = sentence.text(language)
            assert text[0].isupper()
            assert text[-1] in ".?"
            assert "  " not in text
            assert not any(f" {mark}" in text for mark in ".,?")
        chinese = sentence.text("zh")
        assert not any(character.isspace() or character.isascii() for character in chinese)
        assert chinese[-1] in "。？"


def test_pairs_are_the_sentences_in_two_languages(corpus):
    split = pocket.split(0, "zh", "de")
    assert list(split) == list(SPLITS)
    pair, sentence = split["valid"][5], corpus["valid"][5]
    assert (pair.source, pair.target) == (sentence.text("zh"), sentence.text("de"))
    assert pair.source == "".join(pair.source_tokens)
    assert pair.target_tokens == sentence.tokens["de"]
    assert pair.alignment == sentence.alignment("zh", "de")
    assert len(pocket.pairs(0)) == sum(pocket.SIZES.values())


@pytest.mark.parametrize(("source", "target"), [("en", "fr"), ("en", "en"), ("", "de")])
def test_a_pair_of_languages_that_is_none_is_refused_by_name(source, target):
    with pytest.raises(ValueError, match="take two of en, de, zh"):
        pocket.split(0, source, target)


def test_the_enumeration_shows_every_rule_and_entry_once():
    examples = pocket.enumerate_rules()
    names = [name for name, _ in examples]
    assert len(names) == len(set(names)) > 700
    assert set(names) == all_rules()
