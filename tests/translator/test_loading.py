"""A trained translator in its user's hands: what it returns, what its scores mean, and what it costs to import it."""

from __future__ import annotations

import importlib
import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import torch

import translator
from translator.decoding.search import limits, penalty
from translator.errors import CheckpointError, InputError
from translator.loading import Translator
from translator.model.vocabulary import BOS, EOS, PAD
from translator.runs.folder import Run

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ["a b c", "h g", "c a d e b", "f", "b b a h"]


@pytest.fixture(scope="module")
def trained(whole: Run) -> Translator:
    return translator.load(whole.folder)


def test_importing_the_package_imports_no_torch() -> None:
    code = "import sys, translator; translator.load; print([name for name in sys.modules if name.startswith('torch')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"


def test_a_run_is_loaded_by_its_path_in_either_form(whole: Run, trained: Translator) -> None:
    again = translator.load(str(whole.folder), device="cpu")
    assert again.translate(TEXTS) == trained.translate(TEXTS)
    assert not again.model.training


def test_what_cannot_be_loaded_is_refused(tmp_path: Path, whole: Run) -> None:
    with pytest.raises(CheckpointError, match="no training run"):
        translator.load(tmp_path)
    with pytest.raises(InputError, match="unknown device 'warp'"):
        translator.load(whole.folder, device="warp")


@pytest.mark.parametrize("beam", [1, 4])
def test_each_text_is_answered_in_its_place_and_a_blank_one_by_a_blank(trained: Translator, beam: int) -> None:
    alone = [trained.translate([text], beam=beam)[0] for text in TEXTS]
    mixed = ["", *TEXTS[:2], "  \t", *TEXTS[2:], "\n"]
    assert trained.translate(mixed, beam=beam) == ["", *alone[:2], "", *alone[2:], ""]
    assert trained.translate([], beam=beam) == []
    assert trained.hypotheses(["", TEXTS[0]], beam=beam)[0] == []


def forced(net: Translator, text: str, ids: tuple[int, ...]) -> tuple[float, int]:
    """The log-probability that the model gives to a translation when it is told its tokens, and their number."""
    (source,) = [[*ids, EOS] for ids in net.tokenizer.encode([text])]
    target = list(ids) if len(ids) == limits(net.model, [source])[0] else [*ids, EOS]
    with torch.no_grad():
        logits = net.model(torch.tensor([source]), torch.tensor([[BOS, *target[:-1]]])).double()
    logits[..., [PAD, BOS]] = -torch.inf
    total = logits.log_softmax(-1)[0].gather(1, torch.tensor(target)[:, None]).sum()
    return float(total), len(target)


@pytest.mark.parametrize("alpha", [0.0, 0.6, 2.0])
def test_scores_are_those_of_the_model_and_the_best_come_first(trained: Translator, alpha: float) -> None:
    found = trained.hypotheses(TEXTS, beam=5, alpha=alpha, n_best=4)
    for text, some in zip(TEXTS, found, strict=True):
        assert len({one.ids for one in some}) == len(some) == 4
        scores = [one.score for one in some]
        assert scores == sorted(scores, reverse=True)
        for one in some:
            total, length = forced(trained, text, one.ids)
            assert one.score == pytest.approx(total / penalty(length, alpha), abs=1e-4)
            assert one.text == trained.tokenizer.decode([one.ids])[0]


@pytest.mark.parametrize("alpha", [0.0, 0.6, 2.0])
def test_the_best_alone_is_the_first_of_many(trained: Translator, alpha: float) -> None:
    many = trained.hypotheses(TEXTS, beam=4, alpha=alpha, n_best=4)
    for count in (1, 2, 3):
        fewer = trained.hypotheses(TEXTS, beam=4, alpha=alpha, n_best=count)
        assert [[one.ids for one in some] for some in fewer] == [[one.ids for one in some[:count]] for some in many]
    assert trained.translate(TEXTS, beam=4, alpha=alpha) == [some[0].text for some in many]


def test_alpha_0_ranks_by_log_probability_and_a_larger_one_prefers_longer_translations(trained: Translator) -> None:
    none = trained.hypotheses(TEXTS, beam=4, alpha=0.0, n_best=4)
    for text, some in zip(TEXTS, none, strict=True):
        totals = [forced(trained, text, one.ids)[0] for one in some]
        assert totals == sorted(totals, reverse=True)
    lengths = [
        sum(len(some[0].ids) for some in trained.hypotheses(TEXTS, beam=4, alpha=alpha)) for alpha in (0.0, 1.0, 5.0)
    ]
    assert lengths == sorted(lengths)
    assert lengths[0] < lengths[-1]


def test_greedy_has_a_score_too(trained: Translator) -> None:
    for text, (one,) in zip(TEXTS, trained.hypotheses(TEXTS, beam=1, alpha=0.0), strict=True):
        assert one.score == pytest.approx(forced(trained, text, one.ids)[0], abs=1e-4)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"beam": 0}, "a beam of 0; expected at least 1"),
        ({"beam": 4, "alpha": -0.5}, "alpha -0.5; expected 0"),
        ({"beam": 4, "alpha": float("nan")}, "alpha nan; expected 0"),
        ({"beam": 4, "n_best": 5}, "the 5 best of a beam of 4; expected 1 to 4"),
        ({"beam": 4, "n_best": 0}, "the 0 best"),
    ],
)
def test_planted_options_out_of_range_are_refused(trained: Translator, options: dict, words: str) -> None:
    with pytest.raises(InputError, match=words):
        trained.hypotheses(TEXTS, **options)


def test_planted_texts_that_cannot_be_translated_are_refused_by_number(trained: Translator) -> None:
    texts = ["a b", "a " * 16, "c"]
    with pytest.raises(InputError, match="sentence 2 has 16 tokens; this model takes at most 15"):
        trained.translate(texts)
    assert trained.faults(texts).keys() == {1}
    with pytest.raises(InputError, match="expected a list of sentences"):
        trained.translate("a b")


# ---- names --------------------------------------------------------------------------------------------------------


def hidden(package: ModuleType) -> list[str]:
    """The modules that are there and that nobody reaches as an attribute: something else has their name."""
    assert package.__file__
    folder = Path(package.__file__).parent
    names = [path.stem for path in folder.glob("*.py")] + [path.parent.name for path in folder.glob("*/__init__.py")]
    return [name for name in names if not isinstance(vars(package).get(name, package), ModuleType)]


def packages(name: str) -> Iterator[str]:
    """A package of ours and all packages within it, by name."""
    for path in sorted((ROOT / name).rglob("__init__.py")):
        yield ".".join(path.parent.relative_to(ROOT).parts)


@pytest.mark.parametrize("name", ["translator", "autograder"])
def test_no_module_is_hidden_by_something_of_its_name(name: str) -> None:
    found = {package: hidden(importlib.import_module(package)) for package in packages(name)}
    assert len(found) > 5
    assert list(itertools.chain(*found.values())) == [], found


def test_planted_a_module_behind_a_function_of_its_name_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = tmp_path / "planted_house"
    (house / "room").mkdir(parents=True)
    (house / "room" / "__init__.py").write_text("")
    (house / "attention.py").write_text("def attention(): ...\n")
    (house / "masks.py").write_text("")
    (house / "__init__.py").write_text(
        "from planted_house import masks, room\nfrom planted_house.attention import attention\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert hidden(importlib.import_module("planted_house")) == ["attention"]
