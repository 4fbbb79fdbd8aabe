"""The bank through the isolated grader: the judge outside says what the proof in one process says."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.course.lifecycle import ROOT
from autograder.grading.submission import grade_file
from autograder.grading.verdict import Reason, Verdict
from autograder.notebooks.assignment import Assignment
from autograder.notebooks.source import Source, name_of, read_source, without_markers
from autograder.processes.engine import Engine
from autograder.release import bank
from tests.assignments import assignment_of

SOURCES = {path.parent.name: read_source(path) for path in sorted(ROOT.glob("solutions/*/*.ipynb"))}
GRADED = [(name, graded) for name, source in SOURCES.items() for graded in source.graded]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(ROOT) as found:
        yield found


def assignment(name: str) -> Assignment:
    return assignment_of(SOURCES[name], ROOT / "exercises" / name / f"{name}.ipynb")


def verdict(engine: Engine, name: str, answer: bank.Answer, folder: Path) -> Verdict:
    """The verdict on one answer of the bank, all other exercises solved as the reference solves them."""
    found = assignment(name)
    source: Source = SOURCES[name]
    texts = {name_of(cell): without_markers(cell.source) for cell in source.code}
    texts[name_of(source.answer_before(answer.graded))] = answer.text.rstrip("\n")
    notebook = copy.deepcopy(found.handout.notebook)
    for cell in notebook.cells:
        if name_of(cell) in found.handout.answers:
            cell.source = texts[name_of(cell)]
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return next(v for v in grade_file(found, path, engine).verdicts if v.cell == answer.graded)


def complaint(answer: bank.Answer, found: Verdict) -> str:
    """What is wrong with this verdict on this answer of the bank; empty when it is as it should be."""
    where = f"{answer.graded} {answer.kind}/{answer.name}: {found.reason}: {found.message}"
    if answer.kind == "right":
        return "" if found.score == found.points else where
    if found.score or found.reason in (Reason.TAMPERED, Reason.NEEDS_REVIEW, Reason.NOT_ATTEMPTED):
        return where
    # A forbidden name is seen before anything runs, and the message is about that.
    named = found.reason is Reason.FORBIDDEN or all(word in found.message for word in answer.words)
    return "" if named else f"{where} (expected {answer.words})"


def answers(name: str, graded: str) -> list[bank.Answer]:
    return [answer for answer in bank.load(ROOT / "bank" / name) if answer.graded == graded]


@pytest.mark.parametrize(("name", "graded"), GRADED)
def test_one_right_and_one_wrong_answer_of_each_cell_are_judged_as_proven(
    engine: Engine, name: str, graded: str, tmp_path: Path
) -> None:
    found = answers(name, graded)
    chosen = [next(a for a in found if a.kind == "right"), next(a for a in found if a.kind == "wrong")]
    assert [text for a in chosen if (text := complaint(a, verdict(engine, name, a, tmp_path)))] == []


@pytest.mark.heavy
@pytest.mark.parametrize(("name", "graded"), GRADED)
def test_every_answer_of_the_bank_is_judged_as_proven(engine: Engine, name: str, graded: str, tmp_path: Path) -> None:
    found = answers(name, graded)
    assert [text for a in found if (text := complaint(a, verdict(engine, name, a, tmp_path)))] == []


def test_planted_verdicts_that_the_bank_does_not_expect_are_complaints() -> None:
    right, wrong = bank.Answer("t", "right", "r", ""), bank.Answer("t", "wrong", "w", "", ("scaled",))
    good, bad = Verdict("t", 2, 2, Reason.CORRECT), Verdict("t", 0, 2, Reason.WRONG, "not scaled")
    assert (complaint(right, good), complaint(wrong, bad)) == ("", "")
    assert complaint(right, bad)
    assert complaint(wrong, good)
    assert complaint(wrong, Verdict("t", 0, 2, Reason.WRONG, "something else"))
    assert complaint(wrong, Verdict("t", 0, 2, Reason.TAMPERED, "scaled"))
