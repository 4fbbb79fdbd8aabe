"""What was asked for is checked in full before the run's folder is touched, and what a run holds when it goes on."""

import json
import math
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import torch
from letters import SMALL, Killed, alone, curve, go, write_corpus

from translator import checks
from translator.cli import main
from translator.devices import choose_device
from translator.errors import CheckpointError, CorpusError, InputError
from translator.model import config
from translator.model.config import TransformerConfig
from translator.runs.folder import CONTENTS, Run
from translator.training import recipes, settings
from translator.training.settings import Settings
from translator.training.train import train

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize(("kind", "known"), [(Settings, settings.CHECKS), (TransformerConfig, config.CHECKS)])
def test_every_field_has_a_check(kind: Any, known: dict[str, checks.Check]) -> None:
    assert {field.name for field in fields(kind)} == set(known)


NONSENSE = [None, True, "3", "", math.nan, math.inf, -math.inf, -1, [], {}]


@pytest.mark.parametrize("bad", NONSENSE, ids=repr)
@pytest.mark.parametrize("name", [*settings.CHECKS, *config.CHECKS])
def test_planted_nonsense_is_refused_for_every_setting(name: str, bad: object) -> None:
    if name in ("compile", "tie") and bad is True:
        return
    length = {} if name in ("steps", "minutes") else {"steps": 5}
    kind, others = (Settings, length) if name in settings.CHECKS else (TransformerConfig, {"vocabulary": 300})
    with pytest.raises(InputError, match="steps|minutes" if name in ("steps", "minutes") else name):
        kind(**{**others, name: bad})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"warmup": -5}, "warmup is -5; expected at least 0"),
        ({"seed": -1}, "seed is -1; expected at least 0"),
        ({"seed": 2**63}, "at most"),
        ({"log_every": 0}, "log_every is 0; expected at least 1"),
        ({"learning_rate": 0}, "learning_rate is 0; expected more than 0"),
        ({"weight_decay": -0.1}, "weight_decay is -0.1; expected at least 0"),
        ({"smoothing": 1.0}, "expected at least 0 and less than 1"),
        ({"steps": 2.0}, r"steps is 2\.0; expected a whole number"),
        ({"schedule": "up"}, "schedule is 'up'; expected one of linear, cosine"),
        ({"warmpu": 3}, "unknown 'warmpu'; did you mean 'warmup'?"),
        ({"learningrate": 3}, "did you mean 'learning_rate'?"),
        ({"layers": None}, "unknown 'layers'; did you mean 'encoder_layers'?|expected any of"),
        ({"size": "tyni"}, "unknown size 'tyni'; expected one of mini, tiny, small, base"),
        ({"size": 3}, "unknown size 3"),
        ({"pair": 5}, "pair is 5; expected text"),
        ({"vocabulary": "300"}, "vocabulary is '300'; expected a whole number"),
        ({"heads": 5}, "does not divide"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_folder(
    change: dict[str, object], words: str, corpus: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=words.replace("?|", r"\?|") if "?|" in words else words.replace("?", r"\?")):
        go(tmp_path / "run", corpus, **change)
    assert not (tmp_path / "run").exists()


def test_settings_and_configs_come_back_from_plain_data_whole_or_not_at_all() -> None:
    one, other = Settings(steps=5), TransformerConfig.named("tiny", 300)
    assert Settings.from_dict(one.to_dict()) == one
    with pytest.raises(InputError, match=r"Settings .*unknown 'warmpu'; did you mean 'warmup'\?"):
        Settings.from_dict({**one.to_dict(), "warmpu": 4})
    with pytest.raises(InputError, match="Settings: clip, keep missing"):
        Settings.from_dict({name: value for name, value in one.to_dict().items() if name not in ("clip", "keep")})
    with pytest.raises(InputError, match="TransformerConfig: heads missing"):
        TransformerConfig.from_dict({name: value for name, value in other.to_dict().items() if name != "heads"})
    with pytest.raises(InputError, match="found list"):
        TransformerConfig.from_dict([1])  # type: ignore[arg-type]
    with pytest.raises(InputError, match="did you mean 'd_model'"):
        TransformerConfig.named("tiny", 300, d_mode=3)


def test_a_path_is_as_good_as_its_name(corpus: Path, tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    train(run, {**SMALL, "corpus": corpus, "steps": 1}, alone())
    assert run.facts()["corpus"]["name"] == str(corpus)


@pytest.mark.parametrize("name", ["mps", "cuda", "cuda:7", "xpu", "meta", "warp", "", "cuda:x"])
def test_a_device_that_is_not_here_leaves_no_run_behind(
    name: str, corpus: Path, tmp_path: Path, capsys: Capture
) -> None:
    if name in ("mps", "cuda", "xpu") and torch.accelerator.is_available():
        return
    options = ["--corpus", str(corpus), "--pair", "xx-yy", "--out", str(tmp_path / "run"), "--vocabulary", "300"]
    assert main(["train", *options, "--steps", "1", "--no-tensorboard", "--device", name]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert len(error) < 300
    assert repr(name) in error
    assert not (tmp_path / "run").exists()
    assert main(["train", *options, "--steps", "1", "--no-tensorboard", "--device", "cpu"]) == 0


def test_a_gpu_beyond_the_last_is_refused_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    with pytest.raises(InputError, match="cuda:7: this machine has 2 GPUs, cuda:0 to cuda:1"):
        choose_device("cuda:7")
    with pytest.raises(InputError, match=r"cuda:2: this machine has 2 GPUs.*no more processes"):
        choose_device("auto", local_rank=2)


@pytest.fixture(scope="module")
def short(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return go(tmp_path_factory.mktemp("short") / "run", corpus, steps=4)


def damaged(run: Run, to: Path, change: Any) -> Run:
    """A copy of the run whose run.json is what `change` makes of its contents."""
    shutil.copytree(run.folder, to)
    facts = json.loads(Run(to).facts_path.read_text())
    changed = change(facts)
    Run(to).facts_path.write_bytes(changed if isinstance(changed, bytes) else json.dumps(changed).encode())
    return Run(to)


def without(name: str) -> Any:
    *path, last = name.split(".")

    def change(facts: dict[str, Any]) -> dict[str, Any]:
        inner = facts
        for step in path:
            inner = inner[step]
        del inner[last]
        return facts

    return change


DAMAGE = {
    "not UTF-8": (lambda facts: b'{"format": 1, "size": "\xff"}', "utf-8"),
    "no JSON": (lambda facts: b"{", "Expecting"),
    "deep": (lambda facts: b"[" * 100_000, "damaged"),
    "a list": (lambda facts: [facts], "damaged"),
    "a number": (lambda facts: 5, "damaged"),
    "unknown": (lambda facts: {**facts, "tokeniser": "x"}, "unknown 'tokeniser'; did you mean 'tokenizer'?"),
    "machine is text": (lambda facts: {**facts, "machine": "fast"}, "machine is 'fast'"),
    "checksum is a number": (lambda facts: {**facts, "corpus": {**facts["corpus"], "checksum": 4}}, "corpus.checksum"),
    "model unknown": (lambda facts: {**facts, "model": {**facts["model"], "d_modle": 3}}, "did you mean 'd_model'?"),
    "model NaN": (lambda facts: {**facts, "model": {**facts["model"], "dropout": math.nan}}, "dropout is nan"),
    "setting unknown": (
        lambda facts: {**facts, "settings": {**facts["settings"], "warmpu": 3}},
        "did you mean 'warmup'?",
    ),
    "setting negative": (lambda facts: {**facts, "settings": {**facts["settings"], "warmup": -3}}, "warmup is -3"),
    **{f"without {name}": (without(name), name) for name in CONTENTS if name != "commit"},
    **{f"without {name}": (without(name), name) for name in ("corpus.pair", "settings.seed", "machine.threads")},
    "without model.heads": (without("model.heads"), "heads missing"),
    "without settings.clip": (without("settings.clip"), "clip missing"),
}


@pytest.mark.parametrize(("change", "words"), DAMAGE.values(), ids=DAMAGE.keys())
def test_planted_damage_of_run_json_gives_one_clear_line(
    change: Any, words: str, short: Run, corpus: Path, tmp_path: Path, capsys: Capture
) -> None:
    run = damaged(short, tmp_path / "run", change)
    before = run.facts_path.read_bytes()
    assert main(["train", "--out", str(run.folder), "--resume", "--steps", "6", "--no-tensorboard"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert "run.json is damaged" in error
    assert words in error
    assert run.facts_path.read_bytes() == before


def test_a_run_without_its_commit_is_whole(short: Run, tmp_path: Path) -> None:
    assert damaged(short, tmp_path / "run", without("commit")).facts()["size"] == "tiny"


@pytest.mark.parametrize("text", [b"\xff\xfe", b"{}", b"5", b""])
def test_planted_damage_of_the_tokenizer_gives_one_clear_line(
    text: bytes, short: Run, tmp_path: Path, capsys: Capture
) -> None:
    run = damaged(short, tmp_path / "run", lambda facts: facts)
    run.tokenizer_path.write_bytes(text)
    assert main(["train", "--out", str(run.folder), "--resume", "--steps", "6", "--no-tensorboard"]) == 1
    assert "tokenizer.json is not a tokenizer" in capsys.readouterr().err


def test_a_moved_run_and_a_moved_corpus_go_on_and_the_new_place_is_remembered(
    whole: Run, tmp_path: Path, capsys: Capture
) -> None:
    old, new = write_corpus(tmp_path / "old"), tmp_path / "new"
    with pytest.raises(Killed):
        go(tmp_path / "run", old, kill=12)
    old.rename(new)
    (tmp_path / "run").rename(tmp_path / "moved")
    run, options = Run(tmp_path / "moved"), ["train", "--resume", "--no-tensorboard", "--out", str(tmp_path / "moved")]
    assert main(options) == 1
    assert "If the run's corpus was moved, name its new place with --corpus." in capsys.readouterr().err
    assert main([*options, "--corpus", str(new)]) == 0
    assert curve(run) == curve(whole)
    assert run.facts()["corpus"]["name"] == str(new)
    assert main([*options, "--steps", "26"]) == 0
    assert curve(run)[-1][0] == 26


def test_another_corpus_is_no_new_place(short: Run, tmp_path: Path) -> None:
    other = write_corpus(tmp_path / "other", {"train": 50, "valid": 5})
    before = short.facts_path.read_bytes()
    with pytest.raises(InputError, match="other holds another text"):
        go(short.folder, other, resume=True)
    with pytest.raises(CorpusError, match="unknown corpus"):
        go(short.folder, tmp_path / "nowhere", resume=True)
    assert short.facts_path.read_bytes() == before


def test_what_help_says_is_what_a_run_takes() -> None:
    for size in config.SIZES:
        for corpus in ("pocket", "somewhere"):
            taken = recipes.completed({"size": size, "corpus": corpus})
            for name in (*settings.CHECKS, "dropout", "norm", "vocabulary", "max_length"):
                general, *others = recipes.spoken_default(name).split(", ")
                said = dict(part.split(": ") for part in others)
                expected = said.get(corpus, said.get(size, general))
                assert expected == recipes._spoken(taken[name]), (name, size, corpus)


def test_a_checkpoint_of_something_else_is_named(short: Run, corpus: Path, tmp_path: Path) -> None:
    run = damaged(short, tmp_path / "run", lambda facts: facts)
    shutil.copy(run.model_path, run.checkpoint_path(6))
    with pytest.raises(CheckpointError, match=r"step-00000006\.safetensors is no checkpoint of a training"):
        go(run.folder, corpus, resume=True, steps=8)
