"""Scores cannot vanish: a grading that is disturbed at any step, and then run again, ends as an undisturbed one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.course.grade import grade_class
from autograder.course.lifecycle import Course
from tests.autograder.conftest import find, hand_in, solved
from tests.autograder.faults import ENDED, FAILED, KINDS, STOPPED, contents, copied, disturbed, restored, scores

STUDENTS = ("ada", "bob")
FIRST = {"test-add": 2.0, "test-largest": 3.0}
SECOND = {"test-add": 2.0, "test-largest": 0.0}


@dataclass(frozen=True)
class Class:
    """Two students with full marks; ada has handed in again meanwhile, something worse."""

    course: Course
    saved: Path
    expected: dict[str, Any]
    steps: list[str]


@pytest.fixture(scope="module")
def school(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    for student in STUDENTS:
        hand_in(course, student, solved(course))
    assert grade_class(course, ["toy"], None, force=False)
    worse = solved(course)
    find(worse, "largest").source = "def largest(numbers):\n    return numbers[0]"
    hand_in(course, "ada", worse)
    saved = tmp_path_factory.mktemp("saved") / "state"
    copied(course, saved)
    status, steps = disturbed(course, force=True)
    assert status == ENDED
    expected = {student: contents(course, student) for student in STUDENTS}
    assert expected["ada"]["scores"] == SECOND
    assert expected["bob"]["scores"] == FIRST
    yield Class(course, saved, expected, steps)
    restored(course, saved)


def walk(school: Class, at: int, kind: str) -> None:
    """Disturb a forced grading of the class at one step, look, grade plainly, and compare."""
    restored(school.course, school.saved)
    status, _ = disturbed(school.course, True, at, KINDS[kind])
    assert status in {"kill -9": (-9,), "Ctrl-C": (STOPPED,)}.get(kind, (ENDED, FAILED)), (kind, school.steps[at])
    left = scores(school.course, "ada"), scores(school.course, "bob")
    assert left in [(FIRST, FIRST), (SECOND, FIRST)], f"{kind}, {school.steps[at]}: scores are gone, or half there"
    assert grade_class(school.course, ["toy"], None, force=False)
    for student in STUDENTS:
        assert contents(school.course, student) == school.expected[student], (kind, at, school.steps[at])


def test_the_steps_of_a_grading_are_many_and_of_all_kinds(school: Class) -> None:
    kinds = {step.partition(" ")[2] for step in school.steps}
    assert kinds >= {"commit", "flush", "of write", "fsync", "chmod", "rmtree", "of a notebook", "run_cells"}
    assert len(school.steps) > 40


TELLING = [
    ("before run_cells", 0, "kill -9"),
    ("after run_cells", 0, "Ctrl-C"),
    ("half of write", 0, "kill -9"),
    ("half of write", 0, "full disk"),
    ("after fsync", 0, "kill -9"),
    ("half of a notebook", 1, "kill -9"),
    ("before commit", -1, "locked gradebook"),
]


@pytest.mark.parametrize(("step", "which", "kind"), TELLING)
def test_a_disturbed_class_ends_as_an_undisturbed_one(school: Class, step: str, which: int, kind: str) -> None:
    places = [at for at, name in enumerate(school.steps) if name == step]
    walk(school, places[which], kind)


@pytest.mark.heavy
def test_every_step_of_one_grading_can_be_killed(school: Class) -> None:
    for at in range(len(school.steps) // 2 + 1):  # the first student's steps
        walk(school, at, "kill -9")


@pytest.mark.heavy
def test_thirty_faults_drawn_at_random_cost_nobody_a_score(school: Class) -> None:
    draw = random.Random(14)
    for _ in range(30):
        walk(school, draw.randrange(len(school.steps)), draw.choice(sorted(KINDS)))
