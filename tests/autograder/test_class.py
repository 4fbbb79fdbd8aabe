"""Grading a class: what is kept, what is graded again, folders without a notebook, and the honour system on request."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator

import pytest

from autograder.course.grade import grade_class
from autograder.course.lifecycle import Course
from autograder.course.row import Row
from autograder.errors import CourseError
from autograder.nbgrader_hooks.execute import PLAINLY
from tests.autograder.conftest import find, hand_in, solved
from tests.autograder.test_lifecycle import EXPECTED, FULL, change, nbgrader


@pytest.fixture
def classroom(course: Course) -> Iterator[Course]:
    """The toy course, with nothing handed in yet. (A gradebook of its own for each test would take long to make.)"""
    manifest = course.root / "exercises" / "manifest.json"
    text = manifest.read_text()
    yield course
    manifest.write_text(text)
    for folder in ("submitted", "history", "autograded", "feedback"):
        shutil.rmtree(course.folder / folder, ignore_errors=True)


def history(course: Course, student: str) -> list[dict]:
    lines = (course.folder / "history" / "toy" / f"{student}.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def reasons(row: Row) -> tuple[float, str, str]:
    found = {verdict["cell"]: verdict["reason"] for verdict in row.verdicts}
    return row.score, found["test-add"], found["test-largest"]


def test_the_honour_system_gives_honest_submissions_the_same_scores(classroom: Course) -> None:
    """nbgrader's own executor, in the student's kernel, and the judge outside: the same notebooks grade alike."""
    unsafe = Course(classroom.root, classroom.state, unsafe=True)
    assert unsafe.isolation() == PLAINLY
    for student in ("full", "wrong", "warns", "syntax-error", "forbidden", "test-deleted", "display-hook"):
        hand_in(unsafe, student, change(unsafe, student))
        row = unsafe.autograde("toy", student)
        assert reasons(row) == EXPECTED[student], row
        assert "honour" in row.verdicts[0]["tier"]


def test_only_what_changed_is_graded_again(
    classroom: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    for student in ("ada", "bob"):
        hand_in(classroom, student, solved(classroom))
    (classroom.folder / "submitted" / "cy" / "toy").mkdir(parents=True)
    assert grade_class(classroom, ["toy"], None, force=False)
    assert [len(history(classroom, student)) for student in ("ada", "bob", "cy")] == [1, 1, 1]
    changed = solved(classroom)
    find(changed, "largest").source = "def largest(numbers):\n    return 0"
    hand_in(classroom, "bob", changed)
    assert grade_class(classroom, ["toy"], None, force=False)
    assert [len(history(classroom, student)) for student in ("ada", "bob")] == [1, 2]
    assert grade_class(classroom, ["toy"], ["ada"], force=True)
    assert len(history(classroom, "ada")) == 2
    printed = " ".join(capsys.readouterr().out.split())
    assert "Isolation: " in printed
    assert "2 of 3 had not changed" in printed
    assert "holds no notebook" in printed
    first, second = history(classroom, "ada")
    assert first["seed"] != second["seed"], "the tests draw from a fresh seed each time"
    assert first["verdicts"][0]["submission"] == second["verdicts"][0]["submission"]


def test_a_folder_without_a_notebook_is_a_named_zero_and_keeps_no_old_score(classroom: Course) -> None:
    path = hand_in(classroom, "ada", solved(classroom))
    assert classroom.autograde("toy", "ada").score == FULL
    path.rename(path.with_suffix(".txt"))
    row = classroom.autograde("toy", "ada")
    assert (row.score, row.points, row.error) == (0, FULL, "")
    assert reasons(row) == (0, "unreadable", "unreadable")


LINKS = ["link", "folder", "pipe"]


@pytest.mark.parametrize("kind", LINKS)
def test_planted_what_is_no_plain_file_is_never_followed(classroom: Course, kind: str) -> None:
    folder = classroom.folder / "submitted" / "eve" / "toy"
    folder.mkdir(parents=True)
    path = folder / "toy.ipynb"
    if kind == "link":  # to the instructor's own notebook: followed, it would earn full marks
        path.symlink_to(classroom.root / "solutions" / "toy" / "toy.ipynb")
    elif kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    row = classroom.autograde("toy", "eve")
    assert reasons(row) == (0, "unreadable", "unreadable"), row
    assert "not a plain file" in row.verdicts[0]["message"]


def test_planted_files_beside_the_notebook_are_not_copied(classroom: Course) -> None:
    path = hand_in(classroom, "eve", solved(classroom))
    (path.parent / "passwd").symlink_to("/etc/passwd")
    (path.parent / "torch.py").write_text("raise SystemExit")
    for run in (lambda: nbgrader(classroom, "autograde", "toy").returncode,
                lambda: 0 if classroom.autograde("toy", "eve").score == FULL else 1):  # fmt: skip
        assert run() == 0
        assert [p.name for p in (classroom.folder / "autograded" / "eve" / "toy").iterdir()] == ["toy.ipynb"]


def test_planted_a_test_that_is_not_the_released_one_is_refused(classroom: Course) -> None:
    hand_in(classroom, "ada", solved(classroom))
    manifest = classroom.root / "exercises" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"test-add": "', '"test-add": "0'))
    row = classroom.autograde("toy", "ada")
    assert "'test-add' in the gradebook is not the one" in row.error


def test_planted_an_unknown_assignment_is_named(classroom: Course) -> None:
    with pytest.raises(CourseError, match="no such assignment: toi"):
        grade_class(classroom, ["toi"], None, force=False)


@pytest.mark.parametrize("student", ["ünï", "a b", "a,b", "-x", "..x"])
def test_odd_names_of_students_are_graded_like_any_other(classroom: Course, student: str) -> None:
    hand_in(classroom, student, solved(classroom))
    assert classroom.autograde("toy", student).score == FULL


@pytest.mark.parametrize("student", ["*", "a[b]", "ad?", "<b>ada", "a&b"])
def test_planted_a_name_that_is_a_pattern_or_html_gets_nobody_elses_score(classroom: Course, student: str) -> None:
    hand_in(classroom, "ada", solved(classroom))
    hand_in(classroom, student, "not a notebook")
    row = classroom.autograde("toy", student)
    assert "rename it" in row.error
    assert (row.score, row.verdicts) == (0, [])
