"""Plain `nbgrader autograde`: what stands while it grades, what a failure leaves, and whom it passes over."""

from __future__ import annotations

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import Autograde

from autograder.course.convert import convert
from autograder.course.lifecycle import Course
from autograder.nbgrader_hooks import repair
from tests.autograder.conftest import find, hand_in, solved
from tests.autograder.faults import scores
from tests.autograder.test_lifecycle import nbgrader

FULL = {"test-add": 2.0, "test-largest": 3.0}


def plainly(course: Course, student: str) -> str:
    """What the plain command and formgrader's button do; empty, or why it failed."""
    return convert(Autograde, NbGraderAPI(config=course.config), "toy", student)


def marked(course: Course, student: str) -> bool:
    with Gradebook(course.db_url) as gradebook:
        return bool(gradebook.find_submission("toy", student).needs_manual_grade)


@pytest.mark.parametrize("name", ["toy.ipynb", "toy (1).ipynb"])
def test_planted_a_failure_leaves_the_earlier_scores_and_marks_them(
    own_course: Course, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(own_course, "ada", solved(own_course), name)
    assert plainly(own_course, "ada") == ""
    assert scores(own_course, "ada") == FULL
    assert not marked(own_course, "ada")
    seen: list[dict[str, float | None]] = []

    def fails(*arguments: object, **more: object) -> None:
        seen.append(scores(own_course, "ada"))
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(repair.Repair, "preprocess", fails)
        assert plainly(own_course, "ada") == "No space left on device"
    assert [scores(own_course, "ada"), *seen] == [FULL, FULL]
    assert marked(own_course, "ada")
    assert plainly(own_course, "ada") == ""
    assert not marked(own_course, "ada")


def test_planted_a_failure_leaves_an_earlier_review_marked_and_without_a_score(
    own_course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = solved(own_course)
    find(notebook, "largest").source = "def largest(numbers):\n    return eval(str('max'))(numbers)"
    hand_in(own_course, "ada", notebook, "toy (1).ipynb")
    assert plainly(own_course, "ada") == ""
    review = {"test-add": 2.0, "test-largest": None}
    assert scores(own_course, "ada") == review
    assert marked(own_course, "ada")

    def fails(*arguments: object, **more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(repair.Repair, "preprocess", fails)
    assert plainly(own_course, "ada") == "No space left on device"
    assert scores(own_course, "ada") == review
    with Gradebook(own_course.db_url) as gradebook:
        assert gradebook.find_grade("test-largest", "toy", "toy", "ada").needs_manual_grade


def test_planted_whom_the_plain_command_passes_over_is_named(own_course: Course) -> None:
    hand_in(own_course, "ada", solved(own_course))
    hand_in(own_course, "eve", solved(own_course), ".toy.ipynb")
    done = nbgrader(own_course, "autograde", "toy")
    assert "eve/toy holds no notebook, so it was passed over" in done.stderr
    assert "ada/toy holds no notebook" not in done.stderr
    assert scores(own_course, "ada") == FULL


def test_a_file_beside_it_whose_name_is_no_text_costs_nothing(own_course: Course) -> None:
    folder = hand_in(own_course, "eve", solved(own_course)).parent
    (folder / b"\xff.ipynb".decode(errors="surrogateescape")).touch()
    assert plainly(own_course, "eve") == ""
    assert scores(own_course, "eve") == FULL
