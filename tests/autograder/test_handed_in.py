"""The submission's folder: plain small files only, and `timestamp.txt` is read by us, whatever lies under its name."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.course.lifecycle import Course
from autograder.nbgrader_hooks.handed_in import read_timestamp, set_aside
from tests.autograder.conftest import hand_in, solved
from tests.autograder.test_lifecycle import nbgrader


def test_timestamps_as_nbgrader_writes_them_are_read(tmp_path: Path) -> None:
    for text in ("2026-03-01 12:00:00.000000 UTC", "2026-03-01T13:00:00+01:00\n", "2026-03-01T12:00:00Z"):
        (tmp_path / "timestamp.txt").write_text(text)
        assert read_timestamp(tmp_path) == (datetime(2026, 3, 1, 12), "")
    (tmp_path / "timestamp.txt").write_text(" \n")
    assert read_timestamp(tmp_path) == (None, "")
    assert read_timestamp(tmp_path / "nowhere") == (None, "")
    (tmp_path / "timestamp.txt").write_text("2026-03-01")
    assert read_timestamp(tmp_path) == (datetime(2026, 3, 1), "")


PLANTED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a pipe": (os.mkfifo, "is not a plain file"),
    "a folder": (Path.mkdir, "is not a plain file"),
    "a link": (lambda path: path.symlink_to("/etc/hostname"), "is not a plain file"),
    "a link to an endless device": (lambda path: path.symlink_to("/dev/zero"), "is not a plain file"),
    "700 megabytes": (lambda path: (path.touch(), os.truncate(path, 700 << 20)), "at most 200 are read"),
    "nonsense": (lambda path: path.write_text("soon"), "no date and time"),
    "a number": (lambda path: path.write_text("1e999999999"), "no date and time"),
    "a day that depends on today": (lambda path: path.write_text("Monday"), "no date and time"),
    "a time that depends on today": (lambda path: path.write_text("12:00"), "no date and time"),
    "bytes": (lambda path: path.write_bytes(b"\xff\x00\x1b[2J"), "no date and time"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_a_timestamp_that_is_none_is_ignored_and_named(name: str, tmp_path: Path) -> None:
    make, words = PLANTED[name]
    make(tmp_path / "timestamp.txt")
    found, fault = read_timestamp(tmp_path)
    assert found is None
    assert words in fault
    assert "ignored" in fault


def test_planted_a_date_in_a_file_that_only_looks_set_aside_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "timestamp.ignored").write_text("2020-01-01 00:00:00 UTC")
    assert read_timestamp(tmp_path) == (None, "")
    (tmp_path / "timestamp.txt").write_text("Monday")
    set_aside(tmp_path)
    assert read_timestamp(tmp_path)[0] is None
    assert "no date and time" in read_timestamp(tmp_path)[1]
    assert {path.read_text() for path in tmp_path.iterdir()} == {"Monday", "2020-01-01 00:00:00 UTC"}, "all is kept"


def test_a_class_is_graded_whatever_lies_beside_the_notebooks(own_course: Course) -> None:
    for number, (make, _) in enumerate(PLANTED.values()):
        make(hand_in(own_course, f"student-{number}", solved(own_course)).parent / "timestamp.txt")
    on_time = hand_in(own_course, "on-time", solved(own_course)).parent / "timestamp.txt"
    on_time.write_text("2026-03-01 12:00:00 UTC")
    assert nbgrader(own_course, "autograde", "toy").returncode == 0
    for number, (_, words) in enumerate(PLANTED.values()):
        row = own_course.row("toy", f"student-{number}")
        assert row.score == 5
        assert words in " ".join(row.repairs)
    with Gradebook(own_course.config.CourseDirectory.db_url) as gradebook:
        assert gradebook.find_submission("toy", "on-time").timestamp == datetime(2026, 3, 1, 12)
    assert own_course.autograde("toy", "student-0").score == 5


def test_a_hidden_notebook_is_no_submission(own_course: Course) -> None:
    hand_in(own_course, "eve", solved(own_course), ".toy.ipynb")
    hand_in(own_course, "mac", solved(own_course), "toy (1).ipynb")
    hand_in(own_course, "mac", "AppleDouble", "._toy (1).ipynb")
    row = own_course.autograde("toy", "eve")
    assert (row.score, row.error) == (0, "")
    assert {verdict["reason"] for verdict in row.verdicts} == {"unreadable"}
    assert own_course.autograde("toy", "mac").score == 5
