"""The contract of test cells: the real ones keep it, and each planted breach is named."""

from __future__ import annotations

import pytest

from autograder.course.lifecycle import ROOT
from autograder.notebooks.source import read_source
from autograder.release.contract import source_faults
from autograder.rules.test_cells import faults, hidden_faults

GOOD = """
draw = torch.Generator().manual_seed(SEED)
x = torch.randn(2, 3, generator=draw)
layer = Layer(3).double()
layer.load_state_dict({"weight": x})
got = double(x)
assert torch.allclose(got, x + x), "it is not doubled: section 1"
(layer(x) + layer.bias).sum().backward()
assert layer.weight.grad.abs().sum() > 0, "no gradient arrives: section 2"
"""
STUDENTS, CLASSES, GIVEN = {"double", "Layer"}, {"Layer"}, {"torch"}
BREACHES = {
    "isinstance() of the student's object": 'assert isinstance(layer, torch.nn.Module), "m"',
    "type() of the student's object": 'assert type(layer) is Layer, "m"',
    "the truth of the student's object": 'assert layer, "m"',
    "the student's object is compared": 'assert layer == other, "m"\nother = 1',
    "arithmetic with the student's object": 'assert (layer - x).abs().max() < 1, "m"',
    "a callback (lambda)": 'assert double(lambda: 1) == 2, "m"',
    "monkeypatching": "torch.softmax = None",
    "monkeypatching: an attribute of 'layer'": "layer.forward = None",
    "the student's name 'double' is bound anew": "double = None",
    "setattr is not for a test cell": 'setattr(torch, "x", 1)',
    "open is not for a test cell": 'y = open("x")',
    "print is not for a test cell": "print(1)\nz = 2",
    "the name 'mystery' is bound nowhere": 'assert mystery, "m"',
    "import of os": "import os\nz = 1",
    "without generator=": "y = torch.rand(2)",
    "seed a torch.Generator() with SEED": "torch.manual_seed(0)\nz = 1",
    "an assert without a message": "assert 1 == 1",
    "bare expression": "x + 1",
}


def check(code: str) -> list[str]:
    return list(faults(code, STUDENTS, CLASSES, GIVEN))


def test_a_cell_that_keeps_the_contract_has_no_fault() -> None:
    assert check(GOOD + "\ndone = True") == []


@pytest.mark.parametrize("words", BREACHES)
def test_a_planted_breach_is_named(words: str) -> None:
    found = check(GOOD + BREACHES[words])
    assert any(words in fault for fault in found), found


def test_a_graded_cell_needs_one_hidden_region_with_an_assert() -> None:
    assert list(hidden_faults("assert x")) == ["a graded cell has exactly one hidden region"]
    empty = "### BEGIN HIDDEN TESTS\nx = 1\n### END HIDDEN TESTS"
    assert list(hidden_faults(empty)) == ["the hidden region holds no assert"]
    assert list(hidden_faults(empty.replace("x = 1", "assert x, 'm'"))) == []


@pytest.mark.parametrize("path", sorted(ROOT.glob("solutions/*/*.ipynb")), ids=lambda path: path.stem)
def test_every_source_keeps_the_contract(path) -> None:
    assert source_faults(read_source(path)) == []
