"""The bank: the tests of every exercise keep the right answers, reject the known mistakes and name them."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from autograder.course.lifecycle import ROOT
from autograder.errors import CourseError
from autograder.notebooks.source import Source, name_of, read_source
from autograder.release import bank
from autograder.release.proof import prove, prove_all

SOURCES = {path.parent.name: read_source(path) for path in sorted(ROOT.glob("solutions/*/*.ipynb"))}
GRADED = [(name, graded) for name, source in SOURCES.items() for graded in source.graded]
HERE = ROOT / "bank"


def answers(assignment: str, graded: str) -> list[bank.Answer]:
    return [answer for answer in bank.load(HERE / assignment) if answer.graded == graded]


@pytest.mark.parametrize(("assignment", "graded"), GRADED)
def test_the_tests_of_a_graded_cell_are_proven_against_its_bank(assignment: str, graded: str) -> None:
    """Reference and variants pass; mistakes, the untouched cell and each missing region fail; each under 25 seeds."""
    assert prove(SOURCES[assignment], graded, answers(assignment, graded)).complaints == []


def test_every_bank_belongs_to_a_graded_cell() -> None:
    for assignment in SOURCES:
        assert {answer.graded for answer in bank.load(HERE / assignment)} <= set(SOURCES[assignment].graded)


def changed(cell: str, old: str, new: str) -> Source:
    """The source of assignment 05 with one text replaced in one cell."""
    source = SOURCES["05-attention"]
    source = Source(source.path, copy.deepcopy(source.notebook))
    found = next(each for each in source.code if name_of(each) == cell)
    assert old in found.source
    found.source = found.source.replace(old, new)
    return source


def complaints(source: Source, graded: str) -> str:
    return " ".join(prove(source, graded, answers("05-attention", graded)).complaints)


def test_planted_an_empty_hidden_test_is_caught() -> None:
    graded = "test-soft-lookup"
    cell = next(each for each in SOURCES["05-attention"].code if name_of(each) == graded).source
    hidden = cell[cell.index("### BEGIN HIDDEN TESTS") :]
    assert "keeps its points" in complaints(changed(graded, hidden, ""), graded)


def test_planted_a_reference_without_its_scale_is_caught() -> None:
    source = changed("stable-attention", " / query.size(-1) ** 0.5", "")
    assert "right/reference: an honest variant loses its points" in complaints(source, "test-stable-attention")


def test_planted_a_solution_outside_its_region_is_caught() -> None:
    source = changed("soft-lookup", "    ### BEGIN SOLUTION\n", "")
    assert "untouched" in complaints(source, "test-soft-lookup")


def test_planted_a_bank_too_small_or_with_twins_is_caught() -> None:
    graded = "test-match-weights"
    few = answers("05-attention", graded)[-2:]
    twins = [few[0], bank.Answer(graded, "wrong", "twin", few[0].text, few[0].words)]
    found = " ".join(prove(SOURCES["05-attention"], graded, twins).complaints)
    assert "at least 5 are needed" in found
    assert "at least 2 are needed" in found
    assert "another mistake expects the same words" in found


def test_planted_files_without_an_entry_are_refused(tmp_path: Path) -> None:
    (tmp_path / "test-x" / "wrong").mkdir(parents=True)
    (tmp_path / "test-x" / "wrong" / "forgotten.py").write_text("pass")
    with pytest.raises(CourseError, match="forgotten"):
        bank.load(tmp_path)


def test_planted_a_bank_of_no_cell_is_caught(tmp_path: Path) -> None:
    (tmp_path / "test-gone" / "right").mkdir(parents=True)
    (tmp_path / "test-gone" / "right" / "loop.py").write_text("pass")
    source = Source(SOURCES["05-attention"].path, copy.deepcopy(SOURCES["05-attention"].notebook))
    source.notebook.cells = []
    assert [proof.complaints for proof in prove_all(source, tmp_path)] == [["the notebook has no such graded cell"]]
