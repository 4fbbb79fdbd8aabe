"""`make attack`: grade every hostile and damaged submission in each tier, play every scenario, count the breaches.

A breach is a score that the code does not deserve, or a trace outside the job: a file, a process, a byte on a socket,
a secret in what is shown. Any other difference from what a case expects fails the run, too, and is listed beside it.
"""

from __future__ import annotations

import argparse
import copy
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.grading.submission import Grading, grade_file
from autograder.isolation.jail import TIERS
from autograder.notebooks.assignment import Assignment
from autograder.notebooks.handout import Handout
from autograder.processes.engine import Engine
from tests.autograder.conftest import make_course
from tests.submissions.cases import Case, filled, hand_in, read_cases
from tests.submissions.play import play
from tests.submissions.scenarios import SCENARIOS
from tests.submissions.target import LIMITS, NAME, POINTS, Target, make_target
from tests.submissions.witness import Witness

ROOM = 60_000  # for messages, and for what says that a cell failed
KINDS = ("attacks", "damaged")
SCENARIO_KIND = "scenarios"


@dataclass(frozen=True)
class Result:
    """What came of one case in one tier. breaches: points or traces that must not be.  differences: all else."""

    case: Case
    tier: str
    found: dict[str, str]
    seconds: float
    score: float
    breaches: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)


@contextmanager
def target_course() -> Iterator[Target]:
    """A course to attack, in a temporary folder that is the temporary folder of everything meanwhile."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="attacks-") as name:
        os.chmod(name, 0o755)  # a job has to reach its scratch folder in it
        tempfile.tempdir = name
        try:
            yield make_target(Path(name) / "course")
        finally:
            tempfile.tempdir = before


@contextmanager
def watched(target: Target, tier: str) -> Iterator[Witness]:
    """An engine of this tier with its witness."""
    with Engine(target.course.root, tier) as engine, tempfile.TemporaryDirectory(prefix="outside-") as folder:
        os.chmod(folder, 0o755)
        witness = Witness(engine, target, Path(folder))
        yield witness
        witness.close()


def limited(target: Target, limits: dict[str, int]) -> Assignment:
    """The target's assignment under other limits."""
    handout = target.assignment.handout
    cells = {name: copy.deepcopy(cell) if name == "setup" else cell for name, cell in handout.cells.items()}
    cells["setup"].metadata.course.limits = {**LIMITS, **limits}
    return replace(target.assignment, handout=Handout(handout.path, handout.notebook, cells))


def run(case: Case, witness: Witness) -> Result:
    """Grade one case and compare."""
    target = witness.target
    with tempfile.TemporaryDirectory(prefix="handed-in-") as folder:
        path = Path(folder) / "eve" / NAME / f"{NAME}.ipynb"
        hand_in(case, target.assignment.handout.notebook, witness.facts, path)
        began = time.monotonic()
        try:
            grading = grade_file(limited(target, case.limits), path, witness.engine)
        except Exception as error:  # whatever a submission does to the grader, it is a breach
            trace = "".join(traceback.format_exception(error))[-1000:]
            breaches = [f"the grader itself failed: {trace}", *witness.breaches([])]
            return Result(case, witness.engine.tier, {}, time.monotonic() - began, 0.0, breaches)
        seconds = time.monotonic() - began
    texts = shown(grading)
    breaches = witness.breaches(texts)
    seed = grading.verdicts[0].evidence.seed
    limit = 1000 * {**LIMITS, **case.limits}["output_kb"]
    if (size := sum(map(len, texts))) > limit + ROOM:
        breaches.append(f"{size:,} characters are shown; the limit is {limit:,}")
    breaches += ["the seed of the tests came out" for text in texts if str(seed) in text]
    differences = [*compare(case, grading, witness, texts)]
    for verdict in grading.verdicts:
        if verdict.score > 0 and "correct" not in case.expected(verdict.cell):
            breaches.append(f"{verdict.cell} has {verdict.score:g} points that it does not deserve")
    found = {verdict.cell: str(verdict.reason) for verdict in grading.verdicts}
    return Result(case, witness.engine.tier, found, seconds, grading.score, breaches, differences)


def compare(case: Case, grading: Grading, witness: Witness, texts: list[str]) -> Iterator[str]:
    """Where the verdicts, or what is shown, are not what the case expects."""
    if [verdict.cell for verdict in grading.verdicts] != list(POINTS):
        yield f"verdicts for {[verdict.cell for verdict in grading.verdicts]}"
    for verdict in grading.verdicts:
        if str(verdict.reason) not in case.expected(verdict.cell):
            expected = " or ".join(case.expected(verdict.cell))
            yield f"{verdict.cell}: {verdict.reason} ({verdict.message[:300]!r}), expected {expected}"
        if verdict.score not in (0, verdict.points) or (verdict.score > 0) != (verdict.reason == "correct"):
            yield f"{verdict.cell}: {verdict.score:g} points for {verdict.reason}"
    everything = "\n".join(texts)
    for text in [*case.shows.get("must", []), *case.shows.get(f"must_{witness.engine.tier}", [])]:
        if filled(text, witness.facts) not in everything:
            yield f"it never says {text!r}: {everything[:700]!r}"
    yield from (f"it says {text!r}" for text in case.shows.get("never", []) if text in everything)


def shown(grading: Grading) -> list[str]:
    """All that the student may get to see: messages, repairs, and the outputs of the graded notebook."""
    found = [verdict.message for verdict in grading.verdicts]
    found += [*grading.repairs, grading.unreadable]
    for cell in grading.notebook.cells:
        for output in cell.get("outputs", []):
            found += [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", [])]
            found += map(str, output.get("data", {}).values())
    return found


def row(result: Result) -> str:
    """A line of the table."""
    case = result.case
    reasons = [result.found.get(cell, "-") for cell in POINTS]
    expected = ["/".join(case.expected(cell)) for cell in POINTS]
    summary = [same[0] if len(set(same)) == 1 else ", ".join(same) for same in (expected, reasons)]
    good = "not promised" if case.unpromised else "ok"
    mark = "BREACH" if result.breaches else "DIFFERS" if result.differences else good
    found = f"{case.name:38} {result.tier:10} {result.score:4g}  {summary[1]:32} {mark:12} {result.seconds:5.1f} s"
    return f"{found}  [{summary[0]}]"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make attack", description=__doc__)
    parser.add_argument("name", nargs="*", help="cases whose name holds one of these words; all by default")
    parser.add_argument("--tier", action="append", choices=TIERS, help="only this tier; may be given more than once")
    parser.add_argument("--kind", action="append", choices=(*KINDS, SCENARIO_KIND), help="only this; may be repeated")
    chosen = parser.parse_args(arguments)
    cases = [case for kind in chosen.kind or KINDS if kind in KINDS for case in read_cases(kind)]
    cases = [c for c in cases if not chosen.name or any(word in c.name for word in chosen.name)]
    results: list[Result] = []
    began = time.monotonic()
    with target_course() as target:
        for tier in chosen.tier or TIERS:
            if not cases:
                break
            with watched(target, tier) as witness:
                print(f"\n{'case':38} {'tier':10} score {'found':32} {'':12} {'':7}  [expected]", flush=True)
                for case in cases:
                    results.append(run(case, witness))
                    print(row(results[-1]), flush=True)
                    for line in [*results[-1].breaches, *results[-1].differences]:
                        print(f"    {line}", flush=True)
    counts = Counts()
    for result in results:
        counts.add(result.case.kind, bool(result.breaches), bool(result.differences) and not result.breaches)
    played = scenarios(chosen.name, counts) if not chosen.kind or SCENARIO_KIND in chosen.kind else 0
    who = "root" if os.geteuid() == 0 else f"user {os.geteuid()}"
    tiers = len(chosen.tier or TIERS)
    print(f"\n{len(cases)} cases in {tiers} tiers, {played} scenarios, as {who}: {time.monotonic() - began:.0f} s\n")
    counts.print()
    return 1 if counts.breaches or counts.differences or not counts.kinds else 0


@dataclass
class Counts:
    """How many were tried of each kind, how many of these breach, and how many differ otherwise."""

    kinds: dict[str, list[int]] = field(default_factory=dict)

    def add(self, kind: str, breach: bool, difference: bool) -> None:
        row = self.kinds.setdefault(kind, [0, 0, 0])
        for place, one in enumerate((True, difference, breach)):
            row[place] += one

    @property
    def differences(self) -> int:
        return sum(row[1] for row in self.kinds.values())

    @property
    def breaches(self) -> int:
        return sum(row[2] for row in self.kinds.values())

    def print(self) -> None:
        print(f"{'kind':28} {'tried':>6} {'differ':>7} {'breach':>7}")
        for kind, row in sorted(self.kinds.items()):
            print(f"{kind:28} {row[0]:6} {row[1]:7} {row[2]:7}")
        print(f"differences: {self.differences}\nbreaches: {self.breaches}")


def scenarios(words: list[str], counts: Counts) -> int:
    """Play the scenarios around the commands whose name holds one of these words. How many there were."""
    chosen = [each for each in SCENARIOS if not words or any(word in each.name for word in words)]
    if not chosen:
        return 0
    print(f"\n{'scenario':64} {'kind':20}", flush=True)
    with tempfile.TemporaryDirectory(prefix="scenarios-") as folder:
        course = make_course(Path(folder))
        for each in chosen:
            found = play(each, course)  # whoever else pays for it, or a score that goes, is a breach
            counts.add(each.kind, bool(found), False)
            print(f"{each.name:64} {each.kind:20} {'BREACH' if found else 'ok'}", flush=True)
            for line in found:
                print(f"    {line}", flush=True)
    return len(chosen)


if __name__ == "__main__":
    sys.exit(main())
