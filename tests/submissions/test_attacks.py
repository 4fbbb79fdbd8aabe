"""Every hostile and damaged submission gets the verdict that it deserves, and leaves nothing behind.

Each fast case runs in one of the tiers, by turns; all of them in all tiers are heavy (and `make attack`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.grading.submission import grade_file
from autograder.isolation.jail import TIERS
from autograder.processes.engine import NoIsolation
from tests.submissions.attack import row, run, target_course, watched
from tests.submissions.cases import Case, hand_in, read_cases
from tests.submissions.target import NAME, Target
from tests.submissions.witness import Witness

CASES = [case for kind in ("attacks", "damaged") for case in read_cases(kind)]
FAST = [(case, TIERS[number % 2]) for number, case in enumerate(case for case in CASES if not case.heavy)]
ALL = [(case, tier) for case in CASES for tier in TIERS]
HONEST = next(case for case in CASES if case.name == "honest-right")


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    tmp_path_factory.getbasetemp()  # before the temporary folder becomes another one for a while
    with target_course() as found:
        yield found


@pytest.fixture(scope="module")
def witnesses(target: Target) -> Iterator[dict[str, Witness | str]]:
    """A witness for each tier, or why the tier does not hold here."""
    found: dict[str, Witness | str] = {}
    with ExitStack() as stack:
        for tier in TIERS:
            try:
                found[tier] = stack.enter_context(watched(target, tier))
            except NoIsolation as error:
                found[tier] = f"the {tier} tier does not hold here: {error}"
        yield found


def witness_of(witnesses: dict[str, Witness | str], tier: str) -> Witness:
    if isinstance(found := witnesses[tier], str):
        pytest.skip(found)
    return found


def named(pairs: list[tuple[Case, str]]) -> list[object]:
    return [pytest.param(case, tier, id=f"{case.name}-{tier}") for case, tier in pairs]


def faults(case: Case, witness: Witness) -> list[str]:
    result = run(case, witness)
    return [*result.breaches, *result.differences]


@pytest.mark.parametrize(("case", "tier"), named(FAST))
def test_a_hostile_submission_gets_what_it_deserves(case: Case, tier: str, witnesses: dict) -> None:
    assert faults(case, witness_of(witnesses, tier)) == []


@pytest.mark.heavy
@pytest.mark.parametrize(("case", "tier"), named(ALL))
def test_a_hostile_submission_gets_what_it_deserves_in_each_tier(case: Case, tier: str, witnesses: dict) -> None:
    assert faults(case, witness_of(witnesses, tier)) == []


def test_every_attack_of_the_list_and_thirty_kinds_of_damage_have_a_case() -> None:
    assert sorted({number for case in CASES for number in case.numbers}) == list(range(1, 58))
    assert len(read_cases("damaged")) >= 30


def look_again(witnesses: dict) -> None:
    """The attacked course has changed, as it should: no breach."""
    for found in witnesses.values():
        if not isinstance(found, str):
            found.before = found.fingerprint()


@pytest.fixture
def witness(witnesses: dict) -> Witness:
    """The witness of the best tier that holds here."""
    return next(found for found in witnesses.values() if not isinstance(found, str))


BREACHES = {
    "points that are not deserved": lambda w: replace(HONEST, expect={"all": ["wrong"]}),
    "another reason than the case names": lambda w: replace(HONEST, answers="wrong", expect={"all": ["timed out"]}),
    "a text that the case must show": lambda w: replace(HONEST, shows={"must": ["never printed"]}),
    "a secret in what is shown": lambda w: replace(HONEST, add={"setup": f"print({w.secret!r})"}),
    "a text that the case must not show": lambda w: replace(
        HONEST, add={"setup": "print('READ')"}, shows={"never": ["READ"]}
    ),
}


@pytest.mark.parametrize("name", BREACHES)
def test_planted_cases_that_breach_are_told(name: str, witness: Witness) -> None:
    assert faults(BREACHES[name](witness), witness)


def test_planted_traces_outside_are_told(witness: Witness) -> None:
    """What the witness must notice, done here by the test itself."""
    (witness.canary / "new").touch()
    (witness.target.course.folder / "gradebook.db").touch()
    Path("/tmp", witness.mark).touch()
    scratch = witness.engine.copies.parent / "job-left"
    scratch.mkdir()
    left = subprocess.Popen(["sleep", "60"])
    Path(f"/proc/{left.pid}/oom_score_adj").write_text(str(witness.score))
    subprocess.run(
        [sys.executable, "-c", f"import socket; socket.create_connection(('127.0.0.1', {witness.facts['TCP']}))"]
    )
    time.sleep(0.2)
    found = " ".join(witness.breaches(["nothing"]))
    left.wait(5)
    for words in ("canary/new", "gradebook.db", witness.mark, "job-left", "sleep 60", "heard: tcp"):
        assert words in found
    assert witness.breaches([]) == []


def test_a_class_of_hostile_names_is_graded_and_none_stops_another(target: Target, witnesses: dict) -> None:
    """Student ids and files that mean something to a shell, a pattern, a path or a table."""
    pattern = "[a-z]*"  # nbgrader would read it as one, so it is refused by name
    students = ["a+b", pattern, "=cmd", "x y", "ünï", "-rf", "..hidden", "%s{0}"]
    course = target.course
    before = {path: path.read_bytes() for path in course.root.glob("solutions/*/*")}
    for student in students:
        path = course.folder / "submitted" / student / NAME / f"{NAME}.ipynb"
        hand_in(HONEST, target.assignment.handout.notebook, {}, path)
    rows = {student: course.autograde(NAME, student) for student in students}
    for student in students:
        shutil.rmtree(course.folder / "submitted" / student)
    look_again(witnesses)
    assert "rename it" in rows.pop(pattern).error
    assert {student: row.error or row.score for student, row in rows.items()} == dict.fromkeys(rows, 10)
    assert {path: path.read_bytes() for path in before} == before


def test_archives_of_a_learning_platform_write_nothing_outside(target: Target, witnesses: dict) -> None:
    """nbgrader's zip_collect with paths that lead outside, and names that are no student's."""
    course = target.course
    archive = course.folder / "downloaded" / NAME / "archive"
    archive.mkdir(parents=True)
    with zipfile.ZipFile(archive / "all.zip", "w") as file:
        file.writestr("../../../../escaped.txt", "x")
        file.writestr(f"{course.root}/escaped.txt", "x")
    program = str(Path(sys.executable).parent / "nbgrader")
    command = [program] if os.path.exists(program) else [sys.executable, "-m", "nbgrader"]
    subprocess.run([*command, "zip_collect", NAME], cwd=course.root, capture_output=True, timeout=120)
    look_again(witnesses)
    assert list(course.root.rglob("escaped.txt")) == []
    assert not (course.root.parent / "escaped.txt").exists()


def test_an_unreadable_folder_is_a_named_zero(target: Target, witness: Witness, tmp_path: Path) -> None:
    path = tmp_path / "nobody" / NAME / f"{NAME}.ipynb"
    grading = grade_file(target.assignment, path, witness.engine)
    assert {str(verdict.reason) for verdict in grading.verdicts} == {"unreadable"}


def test_the_table_names_case_tier_found_and_expected(witness: Witness) -> None:
    line = row(run(HONEST, witness))
    assert [word in line for word in ("honest-right", witness.engine.tier, "correct", "ok", "[correct]")] == [True] * 5
