"""Tokenizer, corpora and batches: nothing is lost, nothing is padded, and bad files say what is wrong."""

from pathlib import Path

import numpy as np
import pytest
import torch
from letters import write_corpus

from translator.data import corpora
from translator.data.batches import Examples, batches
from translator.data.tokenizer import Tokenizer
from translator.errors import CorpusError, TokenizerError
from translator.model.vocabulary import BOS, EOS, PAD, SPECIAL

LINES = ["The dog sees a cat.", "Der Hund sieht eine Katze.", "那只狗看见了一只猫。", "The cats see the dogs."] * 3


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.train(LINES, 400)


@pytest.mark.parametrize(
    "text", ["The dog.", "Köln, Ünï", "猫看见了狗。", "unseen: Ω ∑ 🙂", "a  b", "</s> is no mark here", "x\ty"]
)
def test_any_text_survives_encoding_and_decoding(tokenizer: Tokenizer, text: str) -> None:
    (ids,) = tokenizer.encode([text])
    assert tokenizer.decode([ids]) == [text]
    assert not {PAD, BOS, EOS} & set(ids)


def test_text_is_normalised_and_stripped(tokenizer: Tokenizer) -> None:
    assert tokenizer.decode(tokenizer.encode([" Ko\u0308ln "])) == ["Köln"]


def test_a_word_never_shares_a_token_and_each_chinese_character_is_a_word(tokenizer: Tokenizer) -> None:
    (ids,) = tokenizer.encode(["The dog sees a cat."])
    assert tokenizer.pieces(ids) == ["The", "dog", "sees", "a", "cat", "."]
    (ids,) = tokenizer.encode(["那只狗看见了。"])
    assert tokenizer.pieces([BOS, *ids, EOS]) == [SPECIAL[BOS], *"那只狗看见了。", SPECIAL[EOS]]


def test_training_and_files_are_reproducible(tokenizer: Tokenizer, tmp_path: Path) -> None:
    assert Tokenizer.train(LINES, 400).checksum == tokenizer.checksum
    tokenizer.save(tmp_path / "t.json")
    loaded = Tokenizer.load(tmp_path / "t.json")
    assert loaded.checksum == tokenizer.checksum
    assert loaded.encode(LINES) == tokenizer.encode(LINES)
    assert [path.name for path in tmp_path.iterdir()] == ["t.json"]


def test_a_bad_tokenizer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    with pytest.raises(TokenizerError, match="missing"):
        Tokenizer.load(path)
    path.write_text('{"version": ')
    with pytest.raises(TokenizerError, match="not a tokenizer"):
        Tokenizer.load(path)
    Tokenizer.train(LINES, 400).save(path)
    path.write_text(path.read_text().replace('"<s>"', '"<bos>"'))
    with pytest.raises(TokenizerError, match="expected the ids"):
        Tokenizer.load(path)
    with pytest.raises(TokenizerError, match="259"):
        Tokenizer.train(LINES, 100)


def examples() -> Examples:
    draw = np.random.default_rng(0)
    sides = [[draw.integers(3, 50, n).tolist() for n in draw.integers(1, 12, 200)] for _ in range(2)]
    return Examples(*sides)


@pytest.mark.parametrize("seed", [None, (1, 0)])
@pytest.mark.parametrize("tokens", [5, 40, 300, 10_000])
def test_batches_hold_every_sentence_once_and_keep_the_limit(seed: tuple[int, int] | None, tokens: int) -> None:
    lengths = examples().lengths
    cut = batches(lengths, tokens, seed, pool=3)
    assert sorted(np.concatenate(cut).tolist()) == list(range(200))
    assert all(len(part) == 1 or lengths[part].sum(0).max() <= tokens for part in cut)
    if tokens == 300:
        assert np.mean([lengths[part].sum(0).max() for part in cut]) > 0.75 * tokens, "batches are well filled"


def test_shuffling_depends_on_its_seed_alone() -> None:
    lengths = examples().lengths
    first, again, other = (batches(lengths, 60, seed) for seed in ((1, 0), (1, 0), (1, 1)))
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert [part.tolist() for part in first] != [part.tolist() for part in other]


def test_a_batch_is_packed_shifted_and_marked() -> None:
    batch = Examples([[5, 6], [7]], [[8, 9, 10], [11]]).batch(np.array([0, 1]))
    assert batch.source.tolist() == [7, EOS, 5, 6, EOS], "the shorter pair first"
    assert batch.target_input.tolist() == [BOS, 11, BOS, 8, 9, 10]
    assert batch.target_output.tolist() == [11, EOS, 8, 9, 10, EOS]
    assert batch.tokens == 6
    source, inputs, outputs = batch.padded()
    assert source.tolist() == [[7, EOS, PAD], [5, 6, EOS]]
    assert inputs.tolist() == [[BOS, 11, PAD, PAD], [BOS, 8, 9, 10]]
    assert outputs.tolist() == [[11, EOS, PAD, PAD], [8, 9, 10, EOS]]


def test_packed_tokens_are_the_real_tokens_of_the_padded_batch() -> None:
    batch = examples().batch(np.arange(150))
    assert len(batch.sources.groups) > 1
    for packed, padded in zip((batch.source, batch.target_input), batch.padded(), strict=False):
        assert torch.equal(packed, padded[padded != PAD])


def test_pairs_that_are_too_long_are_left_out_and_counted() -> None:
    found = Examples([[3] * 4, [3] * 9], [[3], [3]], max_length=5)
    assert (len(found), found.dropped) == (1, 1)


def test_a_folder_is_read_by_split(tmp_path: Path) -> None:
    corpus = corpora.load(str(write_corpus(tmp_path)), "xx-yy")
    assert {split: len(pairs) for split, pairs in corpus.splits.items()} == {"train": 300, "valid": 40, "test": 40}
    source, target = corpus.splits["train"][0]
    assert target.split() == source.split()[::-1]
    assert corpus.tests == ["test"]
    back = corpora.load(str(tmp_path), "yy-xx")
    assert back.splits["test"] == [(target, source) for source, target in corpus.splits["test"]]
    assert back.checksum != corpus.checksum


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("test.yy", None, "both languages"),
        ("test.yy", b"a b\n", "line i must translate line i"),
        ("test.yy", b"\xff\n", "line 1 is not UTF-8"),
        ("train.yy", None, "train.yy"),
    ],
)
def test_a_bad_folder_says_what_is_wrong(tmp_path: Path, name: str, text: bytes | None, words: str) -> None:
    write_corpus(tmp_path)
    (tmp_path / name).unlink()
    if text is not None:
        (tmp_path / name).write_bytes(text)
    with pytest.raises(CorpusError, match=words):
        corpora.load(str(tmp_path), "xx-yy")


def test_an_unknown_corpus_or_pair_says_what_is_known() -> None:
    with pytest.raises(CorpusError, match="expected pocket, multi30k, tatoeba, or a folder"):
        corpora.load("multi40k", "en-de")
    for pair in ("en", "en-en", ""):
        with pytest.raises(CorpusError, match="two languages such as en-de"):
            corpora.load("pocket", pair)
    with pytest.raises(CorpusError, match="en, de, zh"):
        corpora.load("pocket", "en-fr")
