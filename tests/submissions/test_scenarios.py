"""The scenarios around the commands, each played on a course of its own state: nobody but eve pays for eve."""

from __future__ import annotations

import pytest

from autograder.course.lifecycle import Course
from tests.autograder.conftest import make_course
from tests.submissions.play import play
from tests.submissions.scenarios import SCENARIOS, Scenario

FAST = ("timestamp is a pipe", "kill -9 while eve runs", "a name that is no text")


@pytest.fixture(scope="module")
def class_of_three(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return make_course(tmp_path_factory.mktemp("course"))


def named(name: str) -> Scenario:
    return next(scenario for scenario in SCENARIOS if scenario.name == name)


@pytest.mark.parametrize("name", FAST)
def test_trouble_with_one_student_is_hers(class_of_three: Course, name: str) -> None:
    assert play(named(name), class_of_three) == []


@pytest.mark.heavy
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_trouble_with_one_student_is_hers_in_every_scenario(class_of_three: Course, scenario: Scenario) -> None:
    assert play(scenario, class_of_three) == []


def test_planted_trouble_that_costs_others_is_told(class_of_three: Course) -> None:
    """Bob's notebook is removed, and the table is asked for a word that it has no reason to say."""
    spoilt = Scenario(
        "planted",
        "planted",
        lambda course, folder: (course.folder / "submitted" / "bob" / "toy" / "toy.ipynb").unlink(),
        says=("never said",),
    )
    found = " ".join(play(spoilt, class_of_three))
    assert "bob has 0" in found
    assert "bob has no feedback" in found
    assert "does not say 'never said'" in found


def test_there_are_more_than_forty_scenarios_each_with_a_name_of_its_own() -> None:
    assert len({(scenario.kind, scenario.name) for scenario in SCENARIOS}) == len(SCENARIOS) >= 40
