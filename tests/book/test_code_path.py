"""A reader who typed the parts of chapters 06 to 11, in order, holds the package's Transformer."""

from __future__ import annotations

import ast
import inspect
import math
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import nbformat
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.conftest import ROOT
from translator.model.config import TransformerConfig
from translator.model.transformer import Transformer
from translator.model.vocabulary import BOS, EOS, PAD

#: What each chapter must leave behind, in cells with the tag `part`.
PARTS = {
    "06": ["scaled_dot_product_attention", "padding_mask", "causal_mask"],
    "07": ["MultiHeadAttention"],
    "08": ["sinusoidal_positions"],
    "09": ["FeedForward", "LayerNorm", "Residual", "EncoderLayer", "Encoder"],
    "10": ["DecoderLayer", "Decoder"],
    "11": ["Embedding", "Transformer"],
}
V, D_MODEL, HEADS, D_FF, LAYERS = 13, 12, 3, 20, 2


def part_cells(number: str, book: Path = ROOT / "book") -> list[str]:
    """The sources of a chapter's cells with the tag `part`, in their order."""
    [path] = book.glob(f"{number}-*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    return [cell.source for cell in cells if "part" in cell.metadata.get("tags", [])]


def code_path(book: Path = ROOT / "book") -> dict[str, Any]:
    """One namespace in which all these cells ran; it starts with what a reader has imported."""
    namespace: dict[str, Any] = {"torch": torch, "nn": nn, "F": F, "math": math, "PAD": PAD}
    for number in PARTS:
        for source in part_cells(number, book):
            exec(compile(source, f"<chapter {number}>", "exec"), namespace)
        as_imported(namespace)
    return namespace


def as_imported(typed: dict[str, Any]) -> None:
    """Later chapters import the parts of earlier ones from the package: let what was typed be called in its way too."""

    def takes(name: str, first: str) -> bool:
        return name in typed and next(iter(inspect.signature(typed[name]).parameters)) == first

    if "scaled_dot_product_attention" in typed:  # looked up late, as below; the package's gives weights only on request
        typed["attention"] = lambda *tensors: typed["scaled_dot_product_attention"](*tensors)[0]
    if takes("causal_mask", "length"):
        causal_mask = typed["causal_mask"]
        typed["causal_mask"] = lambda ids: causal_mask(ids.size(-1) if isinstance(ids, Tensor) else ids)
    if "sinusoidal_positions" in typed:  # looked up late, so that a planted change is noticed
        typed["SinusoidalPositions"] = lambda d_model, length: (
            lambda positions: typed["sinusoidal_positions"](length, d_model)[positions]
        )
    for name, fields in OF_CONFIG.items():
        if takes(name, "d_model"):
            typed[name] = also_of_config(typed[name], fields)


#: What a part of sizes takes from a configuration.
OF_CONFIG = {
    "Residual": ("d_model", "norm", "dropout"),
    "EncoderLayer": ("d_model", "heads", "d_ff", "norm", "dropout"),
    "DecoderLayer": ("d_model", "heads", "d_ff", "norm", "dropout"),
    "Encoder": ("d_model", "heads", "d_ff", "encoder_layers", "norm", "dropout"),
    "Decoder": ("d_model", "heads", "d_ff", "decoder_layers", "norm", "dropout"),
}


def also_of_config(part: Callable[..., nn.Module], fields: tuple[str, ...]) -> Callable[..., nn.Module]:
    """A part of sizes that may also be given a configuration."""

    def build(*sizes: Any) -> nn.Module:
        if len(sizes) == 1 and isinstance(sizes[0], TransformerConfig):
            return part(*(getattr(sizes[0], field) for field in fields))
        return part(*sizes)

    return build


@pytest.fixture(autouse=True)
def _float64_and_a_seed() -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    yield
    torch.set_default_dtype(before)


@pytest.fixture
def typed() -> dict[str, Any]:
    return code_path()


def differences(typed: dict[str, Any], norm: str = "pre", tie: bool = True) -> list[str]:
    """Where the reader's model and the package's, with the same weights, do not agree."""
    sizes = {"d_model": D_MODEL, "heads": HEADS, "d_ff": D_FF, "dropout": 0.0, "norm": norm, "tie": tie}
    config = TransformerConfig(V, encoder_layers=LAYERS, decoder_layers=LAYERS, max_length=32, **sizes)
    ours, tuned = typed["Transformer"](config), Transformer(config)
    with torch.no_grad():
        for parameter in tuned.parameters():  # away from the start, so that biases and gains count
            parameter.add_(0.3 * torch.randn_like(parameter))
    names = set(ours.state_dict()) ^ set(tuned.state_dict())
    if names:
        return [f"names of parameters: {sorted(names)}"]
    ours.load_state_dict(tuned.state_dict())

    source, target = torch.randint(EOS + 1, V, (3, 7)), torch.randint(EOS + 1, V, (3, 6))
    target[:, 0] = BOS
    source[1, 4:], target[1, 3:] = PAD, PAD
    got, expected = ours(source, target), tuned(source, target)
    real = (target != PAD).unsqueeze(-1)
    if got.shape != expected.shape or not torch.allclose(got * real, expected * real, rtol=1e-10, atol=1e-11):
        return ["logits"]
    for logits in (got, expected):
        F.cross_entropy(logits[:, :-1].flatten(0, 1), target[:, 1:].flatten(), ignore_index=PAD).backward()
    theirs = dict(tuned.named_parameters())
    return [
        f"gradient of {name}"
        for name, parameter in ours.named_parameters()
        if not torch.allclose(parameter.grad, theirs[name].grad, rtol=1e-8, atol=1e-10)
    ]


@pytest.mark.parametrize("number", PARTS)
def test_a_chapter_defines_its_parts_and_nothing_else_runs(number: str) -> None:
    bound: list[str] = []
    for source in part_cells(number):
        for statement in ast.parse(source).body:
            assert isinstance(statement, ast.FunctionDef | ast.ClassDef), f"chapter {number}: {ast.unparse(statement)}"
            bound.append(statement.name)
    missing = set(PARTS[number]) - set(bound)
    assert not missing, f"chapter {number}: no cell with the tag `part` defines {', '.join(sorted(missing))}"
    assert len(bound) == len(set(bound)), f"chapter {number}: a part is defined twice: {bound}"


@pytest.mark.parametrize(("norm", "tie"), list(product(["pre", "post"], [True, False])))
def test_what_the_reader_typed_is_the_package_s_transformer(typed: dict[str, Any], norm: str, tie: bool) -> None:
    assert differences(typed, norm, tie) == []


def without_scale(attend: Callable) -> Callable:
    return lambda query, key, value, mask=None: attend(query * query.size(-1) ** 0.5, key, value, mask)


def swapped(positions: Callable) -> Callable:
    """Cosine before sine."""
    return lambda length, d_model: positions(length, d_model).unflatten(-1, (-1, 2)).flip(-1).flatten(-2)


def everything(mask: Callable) -> Callable:
    """A mask that hides nothing."""
    return lambda *arguments: torch.ones_like(mask(*arguments))


def epsilon(layer_norm: type[nn.Module]) -> Callable:
    return lambda d_model: layer_norm(d_model, eps=1e-3)


PLANTED = {
    "scaled_dot_product_attention": without_scale,
    "causal_mask": everything,
    "sinusoidal_positions": swapped,
    "LayerNorm": epsilon,
}


@pytest.mark.parametrize("part", PLANTED)
def test_planted_a_changed_part_is_noticed(typed: dict[str, Any], part: str) -> None:
    typed[part] = PLANTED[part](typed[part])
    assert differences(typed) == ["logits"]


def test_planted_another_name_is_noticed(typed: dict[str, Any]) -> None:
    class Renamed(typed["FeedForward"]):
        def __init__(self, d_model: int, d_ff: int) -> None:
            super().__init__(d_model, d_ff)
            self.first = self._modules.pop("inner")

        def forward(self, x: Tensor) -> Tensor:
            return self.outer(self.first(x).relu())

    typed["FeedForward"] = Renamed
    assert differences(typed)[0].startswith("names of parameters")
