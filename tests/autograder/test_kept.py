"""What keeps its verdicts and what is graded again: everything that a score rests on is looked at."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin

import autograder
from autograder.course.grade import grade_class, grade_student
from autograder.course.lifecycle import Course
from autograder.course.row import Row
from autograder.errors import CourseError
from autograder.nbgrader_hooks import basis
from autograder.nbgrader_hooks.history import appended, read_history
from autograder.release.gate import release
from tests.autograder.conftest import find, hand_in, make_course, solved
from tests.autograder.faults import scores

FULL = 5.0


class HalfOff(LateSubmissionPlugin):
    """A late policy for these tests: half a point for each hour begun."""

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float:
        return 0.5 * -(-total_seconds_late // 3600)


@pytest.fixture
def graded(course: Course) -> Iterator[Course]:
    """ada has full marks."""
    hand_in(course, "ada", solved(course))
    assert grade_class(course, ["toy"], ["ada"], force=True)
    yield course
    for folder in ("submitted", "history", "autograded", "feedback"):
        shutil.rmtree(course.folder / folder, ignore_errors=True)
    with Gradebook(course.db_url) as gradebook:
        gradebook.update_or_create_assignment("toy", duedate=None)
        gradebook.update_or_create_submission("toy", "ada", timestamp=None, extension=None)


def plainly(course: Course) -> tuple[Row, bool]:
    """What a plain `grade` makes of ada, and whether it ran anything."""
    return grade_student(course, "toy", "ada", force=False)


def set_scores(course: Course, value: float | None) -> None:
    with Gradebook(course.db_url) as gradebook:
        for grade in gradebook.find_submission_notebook("toy", "toy", "ada").grades:
            grade.auto_score = value
        gradebook.db.commit()


def test_what_has_not_changed_keeps_its_verdicts_and_its_history(graded: Course) -> None:
    row, again = plainly(graded)
    assert (row.total, row.look, again) == (FULL, [], False)
    assert len(graded.history("toy", "ada").read_text().splitlines()) == 1


@pytest.mark.parametrize("value", [None, 0.0, 3.0])
def test_planted_scores_that_are_not_those_of_the_history_are_seen(graded: Course, value: float | None) -> None:
    set_scores(graded, value)
    row, again = plainly(graded)
    assert (row.total, again) == (FULL, True)
    assert "its scores in the gradebook" in row.look[-1]


def damage_graded(course: Course) -> None:
    path = course.graded("toy", "ada")
    text = path.read_text()
    path.unlink()
    path.write_text(text[: len(text) // 2])


@pytest.mark.parametrize("damage", [damage_graded, lambda course: course.graded("toy", "ada").unlink()])
def test_planted_a_graded_notebook_that_is_damaged_or_gone_is_seen(
    graded: Course, damage: Callable[[Course], None]
) -> None:
    damage(graded)
    row, again = plainly(graded)
    assert (row.total, again) == (FULL, True)
    assert row.look == ["graded again because of: its graded notebook"]


def test_planted_another_version_of_the_grader_grades_again(
    graded: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(Path(autograder.__file__).parent, tmp_path / "autograder")
    with (tmp_path / "autograder" / "rules" / "names.py").open("a") as file:
        file.write("# fixed\n")
    before = basis.package_hash("autograder")
    assert plainly(graded)[1] is False
    with monkeypatch.context() as patch:
        patch.setattr(autograder.__spec__, "submodule_search_locations", [str(tmp_path / "autograder")])
        basis.package_hash.cache_clear()
        assert basis.package_hash("autograder") != before
        row, again = plainly(graded)
    basis.package_hash.cache_clear()
    assert (row.total, row.look, again) == (FULL, ["graded again because of: grader"], True)


CUT = [b"\n", b'{"graded": "2026', b"\xff\xfe\n", b"[]\n", b'{"verdicts": [3], "repairs": []}\n', b"[" * 100_000]


@pytest.mark.parametrize("damage", CUT)
def test_planted_a_damaged_history_is_read_past_and_the_row_says_so(graded: Course, damage: bytes) -> None:
    path = graded.history("toy", "ada")
    path.write_bytes(path.read_bytes() + damage)
    row, again = plainly(graded)
    assert (row.total, row.error, again) == (FULL, "", False)
    assert "1 damaged line(s) in the history" in row.look[-1]
    row, _ = grade_student(graded, "toy", "ada", force=True)
    assert row.total == FULL
    assert len([line for line in path.read_bytes().splitlines() if line.startswith(b'{"id"')]) == 2


ODD_VALUES = {
    "marks": 5,
    "repairs": [5, None],
    "late": [1],
    "basis": [1],
    "penalty": "x",
    "id": ["x"],
    "verdicts": [{"cell": ["x"], "score": 1, "points": 1, "reason": "correct", "message": "", "tier": ""}],
}


@pytest.mark.parametrize("name", ODD_VALUES)
def test_planted_a_line_with_values_of_other_types_is_damaged(name: str, graded: Course) -> None:
    path = graded.history("toy", "ada")
    line = json.loads(path.read_text())
    path.write_text(f"{json.dumps(line)}\n{json.dumps({**line, name: ODD_VALUES[name]})}\n")
    found = read_history(path)
    assert (found.latest, found.damaged) == (line, 1)


def test_planted_a_gradebook_that_is_none_is_named_and_stays(own_course: Course) -> None:
    file = own_course.folder / "gradebook.db"
    file.write_bytes(b"junk" * 1000)
    with pytest.raises(CourseError, match="the gradebook: file is not a database"):
        grade_class(own_course, ["toy"], None, force=False)
    assert file.read_bytes() == b"junk" * 1000


def test_planted_a_history_that_is_damaged_altogether_is_written_anew(graded: Course) -> None:
    graded.history("toy", "ada").write_text("{\n")
    row, again = plainly(graded)
    assert (row.total, again) == (FULL, True)
    assert row.look == [
        "1 damaged line(s) in the history were passed over",
        "graded again because of: its history is damaged",
    ]


def test_a_line_of_the_history_goes_again_when_what_it_tells_of_fails(tmp_path: Path) -> None:
    path = tmp_path / "toy" / "ada.jsonl"
    line = {"verdicts": [], "repairs": []}
    with appended(path, line | {"id": "first"}):
        pass
    with contextlib.suppress(KeyboardInterrupt), appended(path, line | {"id": "second"}):
        assert (read_history(path).latest or {})["id"] == "second"
        raise KeyboardInterrupt
    assert (read_history(path).latest or {})["id"] == "first"


def change_points(course: Course) -> None:
    path = course.root / "solutions" / "toy" / "toy.ipynb"
    notebook = nbformat.read(path, as_version=4)
    find(notebook, "test-add").metadata.nbgrader.points = 4
    nbformat.write(notebook, path)


def change_limits(course: Course) -> None:
    path = course.root / "solutions" / "toy" / "toy.ipynb"
    notebook = nbformat.read(path, as_version=4)
    find(notebook, "setup").metadata.course = {"limits": {"cpu_seconds": 30}}
    nbformat.write(notebook, path)


def change_rules(course: Course) -> None:
    path = course.root / "solutions" / "toy" / "toy.ipynb"
    notebook = nbformat.read(path, as_version=4)
    find(notebook, "add").metadata.course = {"forbidden": ["sum"]}
    nbformat.write(notebook, path)


def test_changed_points_limits_and_rules_are_seen(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    hand_in(course, "ada", solved(course))
    assert grade_class(course, ["toy"], None, force=False)
    for change, word, points in (
        (change_points, "points", 7),
        (change_limits, "limits", 7),
        (change_rules, "rules", 7),
    ):
        change(course)
        release(course, with_bank=False)
        row, again = plainly(course)
        assert (row.total, row.points, again, row.error) == (points, points, True, "")
        assert word in row.look[-1]
    assert not plainly(course)[1]


def test_planted_other_points_in_the_gradebook_than_in_the_release_are_refused(graded: Course) -> None:
    with Gradebook(graded.db_url) as gradebook:
        cell = gradebook.find_graded_cell("test-add", "toy", "toy")
        cell.max_score = 9
        gradebook.db.commit()
    try:
        row, _ = grade_student(graded, "toy", "ada", force=True)
        assert "differ in the points of test-add" in row.error
    finally:
        with Gradebook(graded.db_url) as gradebook:
            gradebook.find_graded_cell("test-add", "toy", "toy").max_score = 2
            gradebook.db.commit()


@pytest.fixture
def late(graded: Course) -> Course:
    """The course with a late policy."""
    course = Course(graded.root, graded.state)
    for config in (course.config, course.api.config, course.grading.config):
        config.AssignLatePenalties.plugin_class = HalfOff
    return course


def set_due(course: Course, due: str | None) -> None:
    with Gradebook(course.db_url) as gradebook:
        gradebook.update_or_create_assignment("toy", duedate=due)


def test_the_penalty_follows_due_date_extension_and_timestamp_without_running_anything(
    late: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_due(late, "2026-03-01 12:00:00")
    (late.submitted("toy", "ada").parent / "timestamp.txt").write_text("2026-03-01 14:00:00 UTC")
    row, again = plainly(late)
    assert (row.score, row.penalty, row.total, again) == (FULL, 1.0, 4.0, False)
    assert row.look == ["the penalty changed from 0 to 1 (due date, timestamp, late policy)"]
    with Gradebook(late.db_url) as gradebook:
        submission = gradebook.find_submission("toy", "ada")
        assert (submission.late_submission_penalty, submission.timestamp) == (1.0, datetime(2026, 3, 1, 14))
        submission.extension = timedelta(hours=1)
        gradebook.db.commit()
    assert (plainly(late)[0].total, plainly(late)[0].look) == (4.5, [])
    (late.submitted("toy", "ada").parent / "timestamp.txt").write_text("2026-03-01 12:59:00 UTC")
    assert plainly(late)[0].total == FULL
    (late.submitted("toy", "ada").parent / "timestamp.txt").write_text("2026-03-02 12:59:00 UTC")
    assert plainly(late)[0].total == 0
    monkeypatch.setenv("COLUMNS", "200")
    assert grade_class(late, ["toy"], ["ada"], force=False)
    printed = " ".join(capsys.readouterr().out.split())
    assert "5 / 5 │ -5 │ 0" in printed
    latest = read_history(late.history("toy", "ada")).latest or {}
    assert latest["penalty"] == FULL
    forced, _ = grade_student(late, "toy", "ada", force=True)
    assert (forced.score, forced.penalty) == (FULL, FULL), "a grading and the following of a penalty agree"
    set_due(late, None)
    assert plainly(late)[0].total == FULL


def test_another_late_policy_is_followed(graded: Course, late: Course) -> None:
    set_due(graded, "2026-03-01 12:00:00")
    (graded.submitted("toy", "ada").parent / "timestamp.txt").write_text("2026-03-01 14:00:00 UTC")
    assert plainly(late)[0].total == 4.0
    row, again = plainly(Course(graded.root, graded.state))
    assert (row.total, again) == (FULL, False)
    assert "late policy" in row.look[-1]


def test_a_score_by_hand_stands_and_is_named(graded: Course) -> None:
    with Gradebook(graded.db_url) as gradebook:
        gradebook.find_grade("test-add", "toy", "toy", "ada").manual_score = 1
        gradebook.db.commit()
    row, _ = grade_student(graded, "toy", "ada", force=True)
    assert (row.score, row.look) == (4.0, ["a score given by hand stands, look again: test-add"])
    assert scores(graded, "ada") == {"test-add": 2.0, "test-largest": 3.0}
    assert not plainly(graded)[1]
    with Gradebook(graded.db_url) as gradebook:
        gradebook.find_grade("test-add", "toy", "toy", "ada").manual_score = None
        gradebook.db.commit()


def test_what_the_history_keeps_can_be_read_as_json(graded: Course) -> None:
    [line] = graded.history("toy", "ada").read_text().splitlines()
    entry = json.loads(line)
    assert set(entry["basis"]) >= {
        "the file handed in",
        "tests",
        "points",
        "limits",
        "rules",
        "grader",
        "environment",
        "isolation",
    }
    assert set(entry["late"]) == {"due date", "extension", "timestamp", "late policy"}
