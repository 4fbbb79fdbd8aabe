"""Text in, text out: `translate` answers line i by line i, whatever stands in the lines and whatever the locale is."""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import translator
from translator.cli import evaluate, main, translate
from translator.data import text
from translator.errors import CorpusError
from translator.runs.folder import Run

ROOT = Path(__file__).resolve().parents[2]
Capture = pytest.CaptureFixture[bytes]
TOO_LONG = b"a " * 16


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"")


def feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), encoding="ascii"))


def answers(run: Run, *texts: str, beam: int = 1) -> list[bytes]:
    return [line.encode() for line in translator.load(run.folder).translate(texts, beam=beam)]


# ---- lines --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"a\nb\n", [b"a", b"b"]),
        (b"a\nb", [b"a", b"b"]),
        (b"a\r\n\r\nb\r\n", [b"a", b"", b"b"]),
        (b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n", [b"a", b"\xef\xbb\xbfb"]),
        (b"\xef\xbb\xbf\n", [b""]),
        ("a\u2028b\x0bc\x0cd\x85e\x1cf\rg\n".encode(), ["a\u2028b\x0bc\x0cd\x85e\x1cf\rg".encode()]),
    ],
)
def test_only_lf_and_cr_lf_end_a_line_and_a_mark_at_the_beginning_is_no_text(
    data: bytes, expected: list[bytes]
) -> None:
    assert list(text.raw_lines(io.BytesIO(data))) == expected


def test_what_is_written_is_read_again_as_one_line() -> None:
    file = io.BytesIO()
    written = ["a\nb\r\nc", "ü\u2028\x0b\x85", "", "x\ty"]
    for each in written:
        text.write_line(file, each)
    file.seek(0)
    read = [text.decoded(line) for line in text.raw_lines(file)]
    assert read == ["a b  c", *written[1:]]


def test_a_tab_within_a_column_is_none_between_columns() -> None:
    file = io.BytesIO()
    text.write_line(file, "1", "-0.5", "x\ty\n")
    assert file.getvalue() == b"1\t-0.5\tx y \n"


def test_planted_bytes_that_are_not_utf8_are_named_by_file_line_and_byte(tmp_path: Path) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes("ja\nschön\n".encode("latin-1"))
    with pytest.raises(CorpusError, match=r"latin\.txt: line 2 is not UTF-8 \(byte 4 is 0xf6\)"):
        text.read_lines(path)
    with pytest.raises(CorpusError, match="cannot be read"):
        text.read_lines(tmp_path)


# ---- translate ----------------------------------------------------------------------------------------------------


def test_a_bad_line_costs_itself_only(whole: Run, monkeypatch: pytest.MonkeyPatch, capsysbinary: Capture) -> None:
    monkeypatch.setattr(translate, "CHUNK", 2)
    lines = [b"\xef\xbb\xbfa b", b"", b"\xff\xfe", b"c d\r", TOO_LONG, b"  ", b"e"]
    feed(monkeypatch, b"\n".join(lines))
    assert main(["translate", str(whole.folder)]) == 1
    printed, warned = capsysbinary.readouterr()
    one, two, three = answers(whole, "a b", "c d", "e")
    assert printed == b"\n".join([one, b"", b"", two, b"", b"", three, b""])
    assert warned.decode().splitlines() == [
        "warning: line 3 is left blank: it is not UTF-8 (byte 1 is 0xff).",
        "warning: line 5 is left blank: it has 16 tokens; this model takes at most 15. Split it, or train with a "
        "larger --max-length.",
    ]


@pytest.mark.parametrize("sentences", [["a b", "", "c"], ["a b", "  ", "c"]])
def test_a_blank_line_is_answered_by_a_blank_line(
    whole: Run, monkeypatch: pytest.MonkeyPatch, capsysbinary: Capture, sentences: list[str]
) -> None:
    first, last = answers(whole, "a b", "c")
    expected = b"\n".join([first, b"", last, b""])
    assert main(["translate", str(whole.folder), *sentences]) == 0
    assert capsysbinary.readouterr() == (expected, b"")
    feed(monkeypatch, "\n".join(sentences).encode())
    assert main(["translate", str(whole.folder)]) == 0
    assert capsysbinary.readouterr() == (expected, b"")


def test_files_in_and_out(whole: Run, tmp_path: Path, capsysbinary: Capture) -> None:
    source, target = tmp_path / "in.txt", tmp_path / "out.txt"
    source.write_bytes("a b\r\nü\u2028c\r\n\r\n".encode())
    assert main(["translate", str(whole.folder), "--input", str(source), "--output", str(target), "--beam", "2"]) == 0
    assert target.read_bytes() == b"\n".join([*answers(whole, "a b", "ü\u2028c", beam=2), b"", b""])
    assert capsysbinary.readouterr() == (b"", b"")


def test_an_ascii_terminal_gets_and_gives_utf8(whole: Run, tmp_path: Path) -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "translator", "translate", str(whole.folder)]
    sentences = ["ü a b", "狗 c"]
    expected = b"\n".join([*answers(whole, *sentences), b""])
    typed = [sentence.encode() for sentence in sentences]
    for arguments, data in ((typed, b""), ([], b"\n".join(typed))):
        done = subprocess.run([*command, *arguments], input=data, env=environment, capture_output=True, cwd=ROOT)
        assert (done.stdout, done.stderr, done.returncode) == (expected, b"", 0)
    done = subprocess.run([*command, b"a", b"\xe4"], env=environment, capture_output=True, cwd=ROOT)
    assert done.returncode == 1
    assert done.stderr == b"warning: sentence 2 is left blank: it is not UTF-8 (byte 1 is 0xe4).\n"
    assert done.stdout.endswith(b"\n\n")


def test_many_hypotheses_and_scores_are_columns(whole: Run, capsysbinary: Capture) -> None:
    texts = ["a b", "", "c d e"]
    found = translator.load(whole.folder).hypotheses(texts, beam=3, alpha=1.0, n_best=2)
    options = [str(whole.folder), *texts, "--beam", "3", "--alpha", "1"]
    assert main(["translate", *options, "--n-best", "2", "--scores"]) == 0
    rows = [line.split("\t") for line in capsysbinary.readouterr().out.decode().split("\n")[:-1]]
    expected = [[str(i), f"{one.score:.4f}", one.text] for i, some in enumerate(found, 1) for one in some]
    expected.insert(2, ["2", "", ""])
    assert rows == expected
    assert main(["translate", *options, "--scores"]) == 0
    rows = [line.split("\t") for line in capsysbinary.readouterr().out.decode().split("\n")[:-1]]
    assert rows == [expected[0][1:], ["", ""], expected[3][1:]]
    assert main(["translate", *options, "--n-best", "1"]) == 0
    rows = [line.split("\t") for line in capsysbinary.readouterr().out.decode().split("\n")[:-1]]
    assert rows == [["1", found[0][0].text], ["2", ""], ["3", found[2][0].text]]


BAD = {
    "a file's name for its lines": (["{file}"], "is a file. To translate its lines: --input"),
    "sentences and a file": (["a", "--input", "{file}"], "expected one of them"),
    "no such file": (["--input", "{file}.no"], "cannot be read"),
    "a folder to read": (["--input", "{folder}"], "cannot be read"),
    "a folder to write": (["a", "--output", "{folder}"], "cannot be written"),
    "no such folder to write into": (["a", "--output", "{folder}/no/out"], "cannot be written"),
    "the same file to read and write": (["--input", "{file}", "--output", "{file}"], "is the file that is read"),
    "a full disk": (["a", "--output", "/dev/full"], "No space left on device"),
    "more hypotheses than the beam has": (["a", "--n-best", "2"], "the 2 best of a beam of 1; expected 1 to 1"),
    "no hypotheses": (["a", "--n-best", "0"], "expected 1 to 1"),
    "a negative length penalty": (["a", "--alpha", "-1"], "alpha -1; expected 0"),
    "a picture of a blank sentence": ([" ", "--attention", "x.png"], "there is nothing to draw"),
}


@pytest.mark.parametrize(("arguments", "words"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_meant_is_refused_and_no_file_is_touched(
    whole: Run, tmp_path: Path, capsysbinary: Capture, arguments: list[str], words: str
) -> None:
    file = tmp_path / "file.txt"
    file.write_bytes(b"a b\n")
    places = {"{file}": str(file), "{folder}": str(tmp_path)}
    for name, place in places.items():
        arguments = [argument.replace(name, place) for argument in arguments]
    assert main(["translate", str(whole.folder), *arguments]) == 1
    error = capsysbinary.readouterr().err.decode()
    assert words in error
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]
    assert file.read_bytes() == b"a b\n"


def test_a_file_that_is_read_by_redirection_is_not_overwritten(whole: Run, tmp_path: Path) -> None:
    file = tmp_path / "file.txt"
    file.write_bytes(b"a b\n")
    command = [sys.executable, "-m", "translator", "translate", str(whole.folder), "--output", str(file)]
    with open(file, "rb") as source:
        done = subprocess.run(command, stdin=source, capture_output=True, cwd=ROOT)
    assert done.returncode == 1
    assert b"is the file that is read" in done.stderr
    assert file.read_bytes() == b"a b\n"


def test_a_sentence_longer_than_any_files_name_is_a_sentence(whole: Run, capsysbinary: Capture) -> None:
    assert main(["translate", str(whole.folder), "a" * 5000]) == 1
    assert b"sentence 1 is left blank: it has" in capsysbinary.readouterr().err


@pytest.mark.parametrize("command", [translate, evaluate])
def test_every_option_has_a_text_and_its_default(command: object) -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert [action.dest for action in parser._actions if not action.help] == []
    optional = [action for action in parser._actions if action.dest not in ("help", "model")]
    assert len(optional) > 6
    assert [action.dest for action in optional if "default" not in action.help] == []
    for action in optional:
        if action.default not in (None, False, []):
            assert f"(default: {action.default})" in action.help
