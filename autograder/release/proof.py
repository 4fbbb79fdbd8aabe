"""The proof that an assignment's tests do their work, cell by cell, and its table."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.notebooks.source import Source, name_of, regions, stub, without_region
from autograder.release import bank

MISTAKES, VARIANTS = 5, 2


@dataclass(frozen=True)
class Proof:
    """What was shown for one graded cell. `complaints` is empty when all is as it should be."""

    assignment: str
    graded: str
    points: float
    mistakes: int
    variants: int
    seconds: float
    complaints: list[str] = field(default_factory=list)


def trials(source: Source, graded: str, answers: Iterable[bank.Answer]) -> list[bank.Answer]:
    """The bank's answers, and those that every cell has: the reference, the stub, each solution region left out."""
    cell = source.answer_before(graded).source
    left_out = [without_region(cell, number) for number in range(regions(cell))]
    blank = [bank.Answer(graded, "wrong", f"region {n + 1} left out", text) for n, text in enumerate(left_out)]
    untouched = bank.Answer(graded, "wrong", "untouched", stub(cell))
    return [*answers, bank.Answer(graded, "right", "reference", ""), untouched, *blank]


def prove(source: Source, graded: str, answers: list[bank.Answer]) -> Proof:
    """Run every trial of a graded cell under every seed."""
    began = time.perf_counter()
    name = name_of(source.answer_before(graded))
    tried = trials(source, graded, answers)
    texts = [{} if answer.name == "reference" else {name: answer.text} for answer in tried]
    results = bank.execute(bank.program(source, graded, text) for text in texts)
    complaints = [
        f"{answer.kind}/{answer.name}: {complaint}"
        for answer, outcome in zip(tried, results, strict=True)
        if (complaint := bank.complaint(answer, outcome))
    ]
    wrong = [answer for answer in answers if answer.kind != "right"]
    right = len(answers) - len(wrong)
    complaints += shortages(wrong, right)
    seconds = time.perf_counter() - began
    return Proof(source.assignment, graded, source.points[graded], len(wrong), right, seconds, complaints)


def shortages(wrong: list[bank.Answer], right: int) -> list[str]:
    """Too few mistakes or variants, or two mistakes that no word of their messages tells apart."""
    found: list[str] = []
    if len(wrong) < MISTAKES:
        found.append(f"{len(wrong)} mistakes in the bank; at least {MISTAKES} are needed")
    if right < VARIANTS:
        found.append(f"{right} honest variants in the bank; at least {VARIANTS} are needed")
    words = [answer.words for answer in wrong]
    found += [f"wrong/{a.name}: another mistake expects the same words" for a in wrong if words.count(a.words) > 1]
    return found


def prove_all(source: Source, folder: Path) -> list[Proof]:
    """The proofs of every graded cell of a source. folder: the bank of this assignment."""
    answers = bank.load(folder)
    proofs = [prove(source, graded, [a for a in answers if a.graded == graded]) for graded in source.graded]
    strays = sorted({answer.graded for answer in answers} - set(source.graded))
    return proofs + [Proof(source.assignment, s, 0, 0, 0, 0, ["the notebook has no such graded cell"]) for s in strays]


def print_proofs(proofs: Iterable[Proof]) -> None:
    """A table for each assignment."""
    for assignment, group in itertools.groupby(proofs, key=lambda proof: proof.assignment):
        title = f"{assignment}: the tests against the bank, under {len(bank.SEEDS)} seeds each"
        table = Table(title=title, title_justify="left")
        table.add_column("graded cell", no_wrap=True)
        for heading in ("points", "mistakes", "variants", "seconds", "proven"):
            table.add_column(heading, justify="right", no_wrap=True)
        for p in group:
            numbers = (f"{p.points:g}", str(p.mistakes), str(p.variants), f"{p.seconds:.1f}")
            table.add_row(p.graded, *numbers, "no" if p.complaints else "yes")
        Console().print(table)
