"""The command line: what it prints, what it exits with, and what it says when something is wrong."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from letters import go, write_corpus
from matplotlib.font_manager import fontManager

from translator.cli import main
from translator.errors import InputError
from translator.evaluation import bleu, exact_match, moses_bleu
from translator.figures.cross_attention import _fonts
from translator.runs import receipts
from translator.runs.folder import Run

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def trained(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return go(tmp_path_factory.mktemp("trained") / "run", corpus, steps=40)


def test_train_translate_and_evaluate_from_the_command_line(corpus: Path, tmp_path: Path, capsys: Capture) -> None:
    out, receipt = tmp_path / "run", tmp_path / "receipts" / "letters.json"
    options = ["--corpus", str(corpus), "--pair", "xx-yy", "--out", str(out), "--vocabulary", "300"]
    assert main(["train", *options, "--steps", "4", "--batch-tokens", "64", "--log-every", "2"]) == 0
    names = {path.name for path in out.iterdir()}
    assert names == {"run.json", "tokenizer.json", "log.jsonl", "checkpoints", "model.safetensors", "tensorboard"}
    assert any((out / "tensorboard").iterdir())
    assert "tokens/s" in capsys.readouterr().err
    assert main(["train", *options, "--resume", "--steps", "6"]) == 0
    assert main(["translate", str(out), "a b c", "d", "--beam", "2"]) == 0
    assert capsys.readouterr().out.count("\n") == 2
    assert main(["evaluate", str(out), "--limit", "5", "--receipt", str(receipt)]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed["splits"]) == ["test"]
    assert printed["splits"]["test"]["sentences"] == 5
    written = receipts.read_receipt("letters", receipt.parent)
    assert written["scores"] == printed["splits"]
    assert written["steps"] == written["loss"][-1][0] == 6
    assert written["corpus"]["checksum"] == written["evaluated_on"]["checksum"]
    assert {"commit", "command"} <= written["train"].keys()
    assert written["trained_on"]["versions"]["torch"]


def test_the_command_lets_threads_wait_patiently_before_torch_is_loaded() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    code = """if True:
        import os, runpy, sys
        sys.argv = ["translator", "--help"]
        import translator
        assert "torch" not in sys.modules
        try:
            runpy.run_module("translator", run_name="__main__")
        except SystemExit:
            print(os.environ["OMP_WAIT_POLICY"])"""
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: translator")
    assert done.stdout.endswith("PASSIVE\n")


def test_standard_input_is_translated_line_by_line(
    trained: Run, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["translate", str(trained.folder), "a b", "c d e"]) == 0
    expected = capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a b\nc d e\n")))
    assert main(["translate", str(trained.folder)]) == 0
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_the_attention_of_a_translation_is_drawn(trained: Run, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"map.{suffix}"
    assert main(["translate", str(trained.folder), "a b c", "--attention", str(path)]) == 0
    assert path.read_bytes()[:4] in (b"\x89PNG", b"<?xm")


def test_chinese_labels_need_a_font_that_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fontManager, "get_font_names", lambda: ["DejaVu Sans", "Noto Sans CJK SC"])
    assert _fonts("two words") == []
    assert _fonts("狗") == ["Noto Sans CJK SC"]
    monkeypatch.setattr(fontManager, "get_font_names", lambda: ["DejaVu Sans"])
    with pytest.raises(InputError, match="Install one"):
        _fonts("狗")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train", "--out", "{new}", "--corpus", "nowhere"], "unknown corpus 'nowhere'"),
        (["train", "--out", "{new}", "--corpus", "{corpus}", "--pair", "xx"], "two languages such as en-de"),
        (
            ["train", "--out", "{new}", "--corpus", "{corpus}", "--pair", "xx-zz"],
            "train.zz is missing; every split needs both languages",
        ),
        (["train", "--out", "{new}", "--size", "huge"], "expected one of mini, tiny, small, base"),
        (["train", "--out", "{new}", "--steps", "0"], "steps is 0"),
        (["train", "--out", "{new}", "--corpus", "{corpus}", "--pair", "xx-yy", "--vocabulary", "9"], "at least 259"),
        (["train", "--out", "{new}", "--corpus", "{corpus}", "--pair", "xx-yy", "--max-length", "2"], "Raise --max-le"),
        (["train", "--out", "{corpus}/train.xx", "--corpus", "{corpus}", "--pair", "xx-yy"], "cannot be written"),
        (["train", "--out", "{new}", "--device", "warp"], "unknown device 'warp'"),
        (["train", "--out", "{run}", "--corpus", "{corpus}"], "already holds a run. Add --resume"),
        (["translate", "{new}", "a"], "holds no training run"),
        (["translate", "{run}", "a", "--beam", "0"], "expected at least 1"),
        (["translate", "{run}", "a", "b", "--attention", "x.png"], "draws one sentence; 2 were given"),
        (["translate", "{run}", "a", "--attention", "x.doc"], "x.doc"),
        (["evaluate", "{run}", "--split", "dev"], "no split 'dev'; expected one of train, valid, test"),
        (["evaluate", "{new}"], "holds no training run"),
        (["evaluate", "{run}", "--corpus", "nowhere"], "unknown corpus"),
    ],
)
def test_bad_input_gives_one_clear_line(
    trained: Run, corpus: Path, tmp_path: Path, capsys: Capture, arguments: list[str], words: str
) -> None:
    places = {"{run}": str(trained.folder), "{new}": str(tmp_path / "new"), "{corpus}": str(corpus)}
    for name, place in places.items():
        arguments = [argument.replace(name, place) for argument in arguments]
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert words in error
    assert error.count("\n") == 1
    assert not (tmp_path / "new" / "run.json").exists()


def test_a_folder_without_tests_cannot_be_evaluated(tmp_path: Path, capsys: Capture) -> None:
    corpus = write_corpus(tmp_path / "corpus", {"train": 50})
    run = go(tmp_path / "run", corpus, steps=2)
    assert main(["evaluate", str(run.folder)]) == 1
    assert "no test split: add files such as test.xx" in capsys.readouterr().err


def test_exact_match_and_bleu_of_known_translations() -> None:
    references = ["Der Hund sieht die Katze .", "Sie lacht heute sehr laut ."]
    assert exact_match(references, references) == 1.0
    assert exact_match([references[0], "Sie lacht ."], references) == 0.5
    perfect = bleu(references, references, "de")
    assert perfect["bleu"] == 100.0
    assert "tok:13a" in perfect["signature"]
    assert "case:mixed" in perfect["signature"]
    lower = [reference.lower() for reference in references]
    assert bleu(lower, references, "de")["bleu"] < 80
    assert moses_bleu(lower, references, "de")["moses_bleu"] == 100.0
    assert "tok:none" in moses_bleu(lower, references, "de")["moses_signature"]
    assert "tok:zh" in bleu(["猫看见了一只狗。"], ["猫看见了一只狗。"], "zh")["signature"]


def test_a_receipt_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text("{}")
    with pytest.raises(InputError, match="there are: one"):
        receipts.read_receipt("two", tmp_path)
