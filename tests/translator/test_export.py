"""Exported models compute what ours compute, translate as ours translate, and are whole or not there."""

import inspect
import itertools
import json
import pathlib
import re
import sys
import textwrap
from pathlib import Path

import ctranslate2
import numpy as np
import onnxruntime
import pytest
import tokenizers
import torch
import transformers

import translator.export.onnx as onnx_format
from translator.cli import main
from translator.data.tokenizer import Tokenizer
from translator.decoding import translate
from translator.errors import ExportError
from translator.export import browser, huggingface
from translator.export import ctranslate2 as ctranslate2_format
from translator.export.checking import TOLERANCE, draw_sentences, refuse_custom_parts
from translator.export.formats import FORMATS, export
from translator.model.config import NORMS, POSITIONS, TransformerConfig
from translator.model.custom_parts import Parts
from translator.model.feed_forward import FeedForward
from translator.model.transformer import Transformer
from translator.model.vocabulary import EOS
from translator.runs import checkpoint
from translator.runs.folder import Run

Capture = pytest.CaptureFixture[str]

SIZES = {"encoder_layers": 1, "decoder_layers": 2, "d_model": 24, "d_ff": 40, "heads": 3, "max_length": 40}
ALL = [
    {"norm": norm, "positions": positions, "tie": tie}
    for norm, positions, tie in itertools.product(NORMS, POSITIONS, (True, False))
]
TEXTS = ["a big red house", "b", "the end </s> of it", "Straße, 花 und Ä", "one two three four five six seven"]
TOKENIZER = Tokenizer.train(["the big red house", "a big end"] * 4, 270)
READABLE = [i for i, text in enumerate(TOKENIZER.decode([[i] for i in range(len(TOKENIZER))])) if text.isascii()]

#: What a training writes into run.json, and export does not look at.
BEGUN = {
    "command": [],
    "began": "",
    "corpus": {"name": "", "pair": "de-en", "checksum": ""},
    "size": "tiny",
    "vocabulary": 270,
    "settings": {"seed": 0},
    "machine": {"threads": 1},
}


def config(**changes: object) -> TransformerConfig:
    return TransformerConfig(len(TOKENIZER), **{**SIZES, **changes})


def net(parts: Parts | None = None, **changes: object) -> Transformer:
    """Every weight random, choices that are not ties, and translations that end."""
    torch.manual_seed(0)
    model = Transformer(config(**changes), parts).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
        model.output.weight[READABLE] *= 1.5  # half of a letter's bytes would be no text
        model.output.weight[EOS] *= 1.7
    return model


def a_run(folder: Path, **changes: object) -> Run:
    """A run whose model was never trained."""
    run, model = Run(folder), net(**changes)
    run.begin({**BEGUN, "model": model.config.to_dict()}, TOKENIZER)
    checkpoint.write(run.model_path, checkpoint.weights(model), {})
    return run


def name_of(changes: dict[str, object]) -> str:
    return "-".join(str(value) for value in changes.values())


def test_the_command_names_all_formats() -> None:
    from translator.cli import export as command

    assert tuple(FORMATS) == command.FORMATS


@pytest.mark.parametrize("changes", ALL, ids=name_of)
@pytest.mark.parametrize("name", ["huggingface", "ctranslate2"])
def test_a_copy_computes_what_ours_computes_or_is_refused_before_anything_is_written(
    name: str, changes: dict[str, object], tmp_path: Path
) -> None:
    run, folder = a_run(tmp_path / "run", **changes), tmp_path / "copy"
    held = {("pre", "sinusoidal", True), ("pre", "learned", True), ("post", "sinusoidal", True)}
    held.add(("post", "sinusoidal", False))
    if name == "ctranslate2" or tuple(changes.values()) in held:
        assert export(run, folder, name) <= TOLERANCE
        assert FORMATS[name].largest_difference(run.model(), folder) <= TOLERANCE
    else:
        with pytest.raises(
            ExportError, match=r"^(a|neither) .*\. Export to ctranslate2 or onnx, which take this model"
        ):
            export(run, folder, name)
        assert [path.name for path in tmp_path.iterdir()] == ["run"]


HARDEST = [{"norm": "pre", "positions": "rotary", "tie": False}, {"norm": "post", "positions": "learned", "tie": True}]


@pytest.mark.parametrize(
    "changes", [pytest.param(c, marks=[] if c in HARDEST else pytest.mark.heavy, id=name_of(c)) for c in ALL]
)
def test_onnx_computes_and_translates_what_ours_does(changes: dict[str, object], tmp_path: Path) -> None:
    run, folder = a_run(tmp_path / "run", **changes), tmp_path / "copy"
    assert export(run, folder, "onnx") <= TOLERANCE
    expected = translate(run.model(), TOKENIZER, TEXTS)
    assert len(set(expected)) > 1
    # The example of the module's own text, as a reader would copy it.
    example = re.search(r"\.\. code-block:: python\n\n((?:    .*\n|\n)+)", inspect.getdoc(onnx_format) + "\n")
    space = {"json": json, "np": np, "onnxruntime": onnxruntime, "pathlib": pathlib, "tokenizers": tokenizers}
    exec(textwrap.dedent(example[1]), space)
    assert space["translate"](folder, TEXTS) == expected
    assert space["translate"](folder, TEXTS[1:2]) == expected[1:2]
    described(folder)


def described(folder: Path) -> None:
    """What model.json says is what the graphs have, and no file names a folder of this machine."""
    facts = json.loads((folder / "model.json").read_text())
    for graph in (facts["encoder"], facts["decoder"]):
        session = onnxruntime.InferenceSession(folder / graph["file"])
        assert [x.name for x in session.get_inputs()] == graph["inputs"]
        assert [x.name for x in session.get_outputs()] == graph["outputs"]
        assert {"batch"} <= {axis for x in session.get_inputs() for axis in x.shape}
    assert (facts["pad"], facts["bos"], facts["eos"]) == (0, 1, 2)
    assert (folder / facts["tokenizer"]).is_file()
    assert facts["model"]["d_model"] == SIZES["d_model"]
    package = str(Path(onnx_format.__file__).parents[1]).encode()
    assert [path.name for path in folder.iterdir() if package in path.read_bytes()] == []


@pytest.mark.parametrize("norm", NORMS)
def test_hugging_face_translates_text_as_ours_does(norm: str, tmp_path: Path) -> None:
    run, folder = a_run(tmp_path / "run", norm=norm), tmp_path / "copy"
    export(run, folder, "huggingface")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    theirs = transformers.AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
    assert type(theirs).__name__ == {"pre": "PegasusForConditionalGeneration", "post": "MarianMTModel"}[norm]
    expected = translate(run.model(), TOKENIZER, TEXTS)
    for text, translation in zip(TEXTS, expected, strict=True):
        limit = 2 * (len(TOKENIZER.encode([text])[0]) + 1) + 10
        ids = theirs.generate(**tokenizer([text], return_tensors="pt"), max_new_tokens=min(limit, 40))
        assert tokenizer.batch_decode(ids, skip_special_tokens=True) == [translation]
    batch = tokenizer(TEXTS, return_tensors="pt", padding=True)
    assert batch["input_ids"].shape[0] == len(TEXTS)
    assert tokenizer.model_max_length == 40


def test_ctranslate2_translates_text_as_ours_does(tmp_path: Path) -> None:
    run, folder = a_run(tmp_path / "run", positions="rotary", norm="post"), tmp_path / "copy"
    export(run, folder, "ctranslate2")
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.encode_special_tokens = True
    theirs = ctranslate2.Translator(str(folder), device="cpu", compute_type="float32", intra_threads=1)
    for text, translation in zip(TEXTS, translate(run.model(), TOKENIZER, TEXTS), strict=True):
        tokens = [*tokenizer.encode(text).tokens, "</s>"]
        (found,) = theirs.translate_batch([tokens], beam_size=1, max_decoding_length=min(2 * len(tokens) + 10, 40))
        assert tokenizer.decode([tokenizer.token_to_id(token) for token in found.hypotheses[0]]) == translation


def test_features_in_another_order_give_the_same_logits() -> None:
    for changes in HARDEST:
        ours, order = net(**changes), torch.randperm(24)
        moved = huggingface.with_features(ours, order)
        sentences = draw_sentences(ours)
        assert sentences.difference(draw_sentences(moved).logits) < TOLERANCE
        assert not torch.equal(moved.source_embedding.weight, ours.source_embedding.weight)


@pytest.mark.parametrize(
    "name", ["model.decoder.layers.1.fc1.bias", "model.encoder.embed_positions.weight", "lm_head.weight"]
)
def test_planted_one_wrong_weight_is_noticed(name: str) -> None:
    ours = net()
    theirs = huggingface.to_hugging_face(ours)
    assert huggingface.compare(ours, theirs) <= TOLERANCE
    with torch.no_grad():
        theirs.get_parameter(name).add_(torch.randn_like(theirs.get_parameter(name)) * 0.01)
    assert huggingface.compare(ours, theirs) > TOLERANCE


def test_planted_a_wrong_copy_is_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    run = a_run(tmp_path / "run")
    other = net(norm="post")

    def write_another(model: Transformer, tokenizer: Tokenizer, folder: Path) -> None:
        write(other, tokenizer, folder)

    write = ctranslate2_format.write
    monkeypatch.setattr(ctranslate2_format, "write", write_another)
    assert main(["export", str(run.folder), str(tmp_path / "copy"), "--format", "ctranslate2"]) == 1
    assert "differs from ours by" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("changes", ALL, ids=name_of)
def test_the_browser_s_copy_is_ours_in_sixteen_bits_or_is_refused(changes: dict[str, object], tmp_path: Path) -> None:
    run, folder = a_run(tmp_path / "run", **changes), tmp_path / "copy"
    if tuple(changes.values()) != ("pre", "sinusoidal", True):
        with pytest.raises(ExportError, match="the page computes pre-norm layers"):
            export(run, folder, "browser")
        return
    assert export(run, folder, "browser") == 0
    ours, copy = run.model(), browser.read(folder)
    for name, parameter in ours.named_parameters():
        assert torch.equal(copy.get_parameter(name), parameter.half().float())
    assert Tokenizer.load(folder / "tokenizer.json").encode(TEXTS) == TOKENIZER.encode(TEXTS)


def test_planted_a_weight_that_sixteen_bits_cannot_hold_and_a_wrong_copy_are_noticed(tmp_path: Path) -> None:
    ours = net()
    browser.write(ours, TOKENIZER, tmp_path / "copy")
    with torch.no_grad():
        ours.encoder.layers[0].feed_forward.inner.weight.add_(0.01)
    assert not browser.largest_difference(ours, tmp_path / "copy") <= TOLERANCE
    with torch.no_grad():
        ours.encoder.layers[0].feed_forward.inner.weight[0, 0] = 7e4
    with pytest.raises(ExportError, match="16 bits cannot hold it"):
        browser.write(ours, TOKENIZER, tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_planted_numbers_that_are_none_are_no_small_difference(tmp_path: Path) -> None:
    broken, run = net(), a_run(tmp_path / "run")
    with torch.no_grad():
        broken.decoder.norm.weight.fill_(torch.nan)
    for name in ("huggingface", "ctranslate2"):
        export(run, tmp_path / name, name)
        assert not FORMATS[name].largest_difference(broken, tmp_path / name) <= TOLERANCE


@pytest.mark.parametrize(
    "parts",
    [
        Parts(attention=lambda query, key, value, mask, dropout: value),
        Parts(feed_forward=lambda c: type("Mine", (FeedForward,), {})(c.d_model, c.d_ff)),
        Parts(encoder=lambda c: torch.nn.Identity()),
    ],
    ids=["attention", "feed_forward", "encoder"],
)
def test_planted_parts_of_the_callers_own_are_refused(parts: Parts) -> None:
    refuse_custom_parts(net())
    with pytest.raises(ExportError, match="a part of your own"):
        refuse_custom_parts(Transformer(config(), parts))


def test_planted_folders_that_are_taken_are_refused_and_kept(tmp_path: Path, capsys: Capture) -> None:
    run, taken = a_run(tmp_path / "run"), tmp_path / "taken"
    taken.mkdir()
    (taken / "mine").write_text("text")
    (tmp_path / "file").write_text("text")
    for folder in (taken, tmp_path / "file"):
        assert main(["export", str(run.folder), str(folder)]) == 1
        assert "is not an empty folder. Choose another" in capsys.readouterr().err
    assert (taken / "mine").read_text() == (tmp_path / "file").read_text() == "text"
    assert main(["export", str(run.folder), str(tmp_path / "file" / "copy"), "--format", "ctranslate2"]) == 1
    assert "cannot be written" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert main(["export", str(run.folder), str(tmp_path / "empty"), "--format", "ctranslate2"]) == 0
    assert "log-probabilities equal ours" in capsys.readouterr().err
    assert {path.name for path in (tmp_path / "empty").iterdir()} >= {"model.bin", "tokenizer.json"}


def test_planted_a_missing_package_is_one_line_that_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    run = a_run(tmp_path / "run")
    for name, package in {"huggingface": "transformers", "ctranslate2": "ctranslate2", "onnx": "onnxscript"}.items():
        monkeypatch.setitem(sys.modules, package, None)
        assert main(["export", str(run.folder), str(tmp_path / "copy"), "--format", name]) == 1
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert package in error
        assert error.endswith("pip install 'transformer-from-the-ground-up[export]'\n")
    assert not (tmp_path / "copy").exists()


def test_planted_no_run_and_another_vocabulary_are_one_line(tmp_path: Path, capsys: Capture) -> None:
    assert main(["export", str(tmp_path), str(tmp_path / "copy")]) == 1
    assert "holds no training run" in capsys.readouterr().err
    run = a_run(tmp_path / "run")
    Tokenizer.train(["other words"], 262).save(run.tokenizer_path)
    facts = json.loads((run.folder / "run.json").read_text())
    facts["tokenizer"] = Tokenizer.load(run.tokenizer_path).checksum
    (run.folder / "run.json").write_text(json.dumps(facts))
    assert main(["export", str(run.folder), str(tmp_path / "copy")]) == 1
    assert f"the model has {len(TOKENIZER)} tokens and its tokenizer" in capsys.readouterr().err
