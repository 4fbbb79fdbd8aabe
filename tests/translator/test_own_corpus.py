"""A corpus of the user's own: folders of text or of tables, gaps in them, and files that lie elsewhere now."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from letters import write_corpus

from translator.cli import main
from translator.data import corpora
from translator.data.text import read_lines
from translator.errors import CorpusError
from translator.runs.folder import Run

PAIRS = [("a b", "b a"), ("c", "c"), ("d e f", "f e d")]


def write(folder: Path, files: dict[str, bytes]) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return str(folder)


def sides(split: str, pairs: list[tuple[str, str]], end: str = "\n") -> dict[str, bytes]:
    """Two files, a sentence a line."""
    return {
        f"{split}.{language}": "".join(f"{pair[side]}{end}" for pair in pairs).encode()
        for side, language in enumerate(("xx", "yy"))
    }


def table(pairs: list[tuple[str, str]], end: str = "\n") -> bytes:
    return "".join(f"{source}\t{target}{end}" for source, target in pairs).encode()


def test_a_table_is_the_same_corpus_as_two_files(tmp_path: Path) -> None:
    expected = corpora.load(write(tmp_path / "text", sides("train", PAIRS) | sides("test", PAIRS[:2])), "xx-yy")
    tables = {"train.tsv": table(PAIRS), "test.tsv": table(PAIRS[:2], "\r\n")}
    found = corpora.load(write(tmp_path / "tables", tables), "xx-yy")
    assert found.splits == expected.splits == {"train": PAIRS, "test": PAIRS[:2]}
    assert found.checksum == expected.checksum
    mixed = sides("train", PAIRS) | {"test.tsv": table(PAIRS[:2])}
    assert corpora.load(write(tmp_path / "mixed", mixed), "xx-yy").checksum == expected.checksum


def test_the_columns_of_a_table_are_source_and_target_of_the_pair(tmp_path: Path) -> None:
    write(tmp_path, {"train.tsv": b"the dog\tder Hund\n"})
    assert corpora.load(str(tmp_path), "en-de").splits["train"] == [("the dog", "der Hund")]


def test_one_table_is_the_split_of_its_name(tmp_path: Path) -> None:
    write(tmp_path, {"train.tsv": table(PAIRS), "news.tsv": table(PAIRS[:1])})
    assert corpora.load(str(tmp_path / "train.tsv"), "xx-yy").splits == {"train": PAIRS}
    news = corpora.load(str(tmp_path / "news.tsv"), "xx-yy", training=False)
    assert (news.splits, news.tests) == ({"news": PAIRS[:1]}, ["news"])
    with pytest.raises(CorpusError, match="no training pairs"):
        corpora.load(str(tmp_path / "news.tsv"), "xx-yy")


@pytest.mark.parametrize("form", ["text", "table"])
def test_empty_pairs_are_left_out_and_counted(tmp_path: Path, form: str) -> None:
    holes = [("", ""), *PAIRS[:1], ("", "x"), ("y", " "), *PAIRS[1:], ("", "")]
    whole, gaps = ((sides("train", p) if form == "text" else {"train.tsv": table(p)}) for p in (PAIRS, holes))
    corpus = corpora.load(write(tmp_path / "gaps", gaps | sides("test", PAIRS)), "xx-yy")
    assert corpus.splits["train"] == PAIRS
    assert corpus.dropped == {"train": 4}
    assert corpus.remarks == [f"{tmp_path / 'gaps'}, train: 4 empty pairs left out"]
    full = corpora.load(write(tmp_path / "whole", whole | sides("test", PAIRS)), "xx-yy")
    assert (full.dropped, full.remarks) == ({}, [])
    assert full.checksum == corpus.checksum


def test_a_byte_order_mark_and_odd_line_ends_are_no_text(tmp_path: Path) -> None:
    pairs = [("a\u2028b", "b\x0ba"), ("c\x85", "c\x0cd")]
    files = {name: b"\xef\xbb\xbf" + data for name, data in sides("train", pairs, "\r\n").items()}
    stripped = [tuple(side.strip() for side in pair) for pair in pairs]
    assert corpora.load(write(tmp_path / "text", files), "xx-yy").splits["train"] == stripped
    files = {"train.tsv": b"\xef\xbb\xbf" + table(pairs)}
    assert corpora.load(write(tmp_path / "table", files), "xx-yy").splits["train"] == stripped


BAD = {
    "bytes in a text": ({**sides("train", PAIRS), "train.yy": b"a\nb\n\xe4\n"}, r"train\.yy: line 3 is not UTF-8"),
    "bytes in a table": ({"train.tsv": b"a\tb\nc\t\xe4\n"}, r"train\.tsv: line 2 is not UTF-8 \(byte 3 is 0xe4\)"),
    "a column too many": ({"train.tsv": b"a\tb\nc\td\te\n"}, r"train\.tsv: line 2 has 3 columns; expected 2"),
    "a column too few": ({"train.tsv": b"a\tb\n\nc\n"}, r"train\.tsv: line 3 has 1 columns; expected 2"),
    "text and table": ({**sides("train", PAIRS), "train.tsv": b"a\tb\n"}, r"both train\.tsv and train\.xx"),
    "the source alone": ({**sides("train", PAIRS), "test.xx": b"a\n"}, r"test\.yy is missing"),
    "the target alone": ({**sides("train", PAIRS), "test.yy": b"a\n"}, r"test\.xx is missing"),
    "nothing but empty pairs": ({"train.tsv": b"\t\n\n"}, "no training pairs"),
    "lines too few": ({**sides("train", PAIRS), "train.yy": b"a\n"}, "3 and 1 lines in xx and yy"),
}


@pytest.mark.parametrize(("files", "words"), BAD.values(), ids=BAD.keys())
def test_a_corpus_that_cannot_be_read_right_is_refused(tmp_path: Path, files: dict[str, bytes], words: str) -> None:
    with pytest.raises(CorpusError, match=words):
        corpora.load(write(tmp_path, files), "xx-yy")


# ---- evaluate -----------------------------------------------------------------------------------------------------

Capture = pytest.CaptureFixture[str]


def test_a_corpus_of_a_test_alone_is_evaluated_and_its_translations_saved(
    whole: Run, tmp_path: Path, capsys: Capture
) -> None:
    place = write(tmp_path / "tests", sides("test", [*PAIRS, ("", "x"), ("a " * 16, "a")]))
    saved = tmp_path / "new" / "out.txt"
    options = ["--corpus", place, "--save", str(saved), "--beam", "2", "--alpha", "0"]
    assert main(["evaluate", str(whole.folder), *options]) == 0
    printed, told = capsys.readouterr()
    assert '"left_blank": 1' in printed
    assert '"alpha": 0.0' in printed
    assert told.splitlines() == [
        f"{place}, test: 1 empty pairs left out",
        "warning: test: 1 of 4 sources are too long for the model; their translations are left blank, and count as "
        "that.",
    ]
    assert main(["translate", str(whole.folder), *(source for source, _ in PAIRS), "--beam", "2", "--alpha", "0"]) == 0
    assert saved.read_text() == capsys.readouterr().out + "\n"


def test_the_translations_of_several_splits_lie_in_files_of_their_own(
    whole: Run, tmp_path: Path, capsys: Capture
) -> None:
    place = write(tmp_path / "tests", {"news.tsv": table(PAIRS), "web.tsv": table(PAIRS[:2])})
    assert main(["evaluate", str(whole.folder), "--corpus", place, "--save", str(tmp_path / "out.txt")]) == 0
    lengths = {path.name: len(read_lines(path)) for path in tmp_path.glob("out*")}
    assert lengths == {"out.news.txt": 3, "out.web.txt": 2}


def test_a_corpus_that_has_moved_is_evaluated_at_its_new_place(whole: Run, tmp_path: Path, capsys: Capture) -> None:
    moved = Run(shutil.copytree(whole.folder, tmp_path / "run"))
    facts = (moved.folder / "run.json").read_text()
    (moved.folder / "run.json").write_text(facts.replace(whole.facts()["corpus"]["name"], str(tmp_path / "old")))
    assert main(["evaluate", str(moved.folder)]) == 1
    error = capsys.readouterr().err
    assert "If the run's corpus was moved, name its new place with --corpus." in error
    assert error.count("\n") == 1
    here = write_corpus(tmp_path / "new")
    assert main(["evaluate", str(moved.folder), "--corpus", str(here), "--limit", "3"]) == 0
    assert corpora.load(str(here), "xx-yy").checksum == whole.facts()["corpus"]["checksum"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--save", "{folder}"], "cannot be written"),
        (["--save", "{folder}/train.xx/out"], "cannot be written"),
        (["--save", "/dev/null"], "no plain file"),
        (["--receipt", "{folder}/train.xx/out.json"], "cannot be written"),
        (["--alpha", "-1", "--beam", "2"], "alpha -1"),
        (["--split", "none"], "no split 'none'"),
    ],
)
def test_planted_what_cannot_be_written_is_refused_before_the_evaluation(
    whole: Run, corpus: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, options: list[str], words: str
) -> None:
    monkeypatch.setattr("translator.decoding.batch.translate", lambda *_: pytest.fail("nothing is translated"))
    options = [option.replace("{folder}", str(corpus)) for option in options]
    assert main(["evaluate", str(whole.folder), *options]) == 1
    printed, error = capsys.readouterr()
    assert printed == ""
    assert words in error
    assert error.count("\n") == 1


def test_planted_moses_for_chinese_is_refused_before_the_evaluation(
    whole: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from translator.errors import InputError
    from translator.evaluation import evaluate

    monkeypatch.setattr("translator.decoding.batch.translate", lambda *_: pytest.fail("nothing is translated"))
    with pytest.raises(InputError, match="no tokeniser for Chinese"):
        evaluate(whole.model(), whole.tokenizer(), PAIRS, "zh", moses=True)


def test_a_receipt_of_an_unfinished_run_is_refused_before_the_evaluation(
    whole: Run, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("translator.decoding.batch.translate", lambda *_: pytest.fail("nothing is translated"))
    unfinished = Run(shutil.copytree(whole.folder, tmp_path / "run"))
    unfinished.model_path.unlink()
    assert main(["evaluate", str(unfinished.folder), "--receipt", str(tmp_path / "r.json")]) == 1
    assert "not trained to its end" in capsys.readouterr().err
