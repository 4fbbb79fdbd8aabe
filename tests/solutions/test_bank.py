"""The bank: the tests of every exercise keep the right answers, reject the known mistakes and name them."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder import bank
from autograder.course import ROOT
from autograder.source import Source, name_of, read_source, regions, stub, without_region

SOURCES = {path.parent.name: read_source(path) for path in sorted(ROOT.glob("solutions/*/*.ipynb"))}
ANSWERS = [(name, answer) for name in SOURCES for answer in bank.load(Path(__file__).parent / name)]
GRADED = [(name, graded) for name, source in SOURCES.items() for graded in source.graded]
REGIONS = [
    (name, graded, number)
    for name, graded in GRADED
    for number in range(regions(SOURCES[name].answer_before(graded).source))
]


def run(source: Source, graded: str, text: str | None) -> list[str | None]:
    """The outcomes of a graded cell with its answer replaced by `text` (None keeps the reference)."""
    replaced = {} if text is None else {name_of(source.answer_before(graded)): text}
    return bank.outcomes(source, graded, replaced)


@pytest.mark.parametrize(("assignment", "graded"), GRADED)
def test_the_reference_scores_full_marks_under_every_seed(assignment: str, graded: str) -> None:
    assert run(SOURCES[assignment], graded, None) == [None] * len(bank.SEEDS)


@pytest.mark.parametrize(("assignment", "answer"), ANSWERS, ids=lambda a: getattr(a, "name", a))
def test_a_right_answer_keeps_its_points_and_a_wrong_one_is_named(assignment: str, answer: bank.Answer) -> None:
    assert not bank.complaint(answer, run(SOURCES[assignment], answer.graded, answer.text))


@pytest.mark.parametrize(("assignment", "graded"), GRADED)
def test_the_untouched_release_scores_zero(assignment: str, graded: str) -> None:
    source = SOURCES[assignment]
    assert None not in run(source, graded, stub(source.answer_before(graded).source))


@pytest.mark.parametrize(("assignment", "graded", "number"), REGIONS)
def test_each_solution_region_alone_is_worth_its_points(assignment: str, graded: str, number: int) -> None:
    source = SOURCES[assignment]
    assert None not in run(source, graded, without_region(source.answer_before(graded).source, number))


@pytest.mark.parametrize(("assignment", "graded"), GRADED)
def test_every_graded_cell_has_its_bank(assignment: str, graded: str) -> None:
    kinds = [a for name, a in ANSWERS if (name, a.graded) == (assignment, graded)]
    assert sum(a.kind == "wrong" for a in kinds) >= 5
    assert sum(a.kind == "right" for a in kinds) >= 2
    words = [a.words for a in kinds if a.kind == "wrong"]
    assert len(set(words)) == len(words), "two mistakes are told apart by no word of their messages"


def test_every_bank_belongs_to_a_graded_cell() -> None:
    assert {(name, answer.graded) for name, answer in ANSWERS} <= set(GRADED)


def test_a_test_without_its_hidden_part_is_caught() -> None:
    """The planted bad case: with the hidden tests made empty, known mistakes keep their points."""
    source = SOURCES["05-attention"]
    graded = "test-soft-lookup"
    cell = next(cell for cell in source.code if name_of(cell) == graded)
    hidden = cell.source
    try:
        cell.source = hidden[: hidden.index("### BEGIN HIDDEN TESTS")]
        mistakes = [a for _, a in ANSWERS if a.graded == graded and a.kind == "wrong"]
        assert any(bank.complaint(answer, run(source, graded, answer.text)) for answer in mistakes)
    finally:
        cell.source = hidden
