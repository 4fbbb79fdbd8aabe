"""Whatever fails for one student costs that student a row with its cause in one line, and nobody else anything."""

from __future__ import annotations

import pkgutil
import shutil
import signal
import sqlite3
from collections.abc import Iterator

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook

from autograder.course.convert import cause_of, one_line
from autograder.course.grade import grade_class
from autograder.course.lifecycle import Course
from autograder.errors import CourseError
from autograder.grading import submission as grading
from autograder.nbgrader_hooks import execute, record
from autograder.processes.engine import shared_engine
from tests.autograder.conftest import find, hand_in, solved
from tests.autograder.faults import scores

FULL = {"test-add": 2.0, "test-largest": 3.0}
STUDENTS = ("ada", "bob", "cy")


@pytest.fixture
def classroom(course: Course, monkeypatch: pytest.MonkeyPatch) -> Iterator[Course]:
    monkeypatch.setenv("COLUMNS", "250")
    for student in STUDENTS:
        hand_in(course, student, solved(course))
    yield course
    for folder in ("submitted", "history", "autograded", "feedback"):
        shutil.rmtree(course.folder / folder, ignore_errors=True)


def is_bobs(arguments: tuple[object, ...]) -> bool:
    return "bob" in repr(arguments)


def broken(inner: object, error: BaseException) -> object:
    """The function, which fails for bob."""

    def fails(*arguments: object, **more: object) -> object:
        if is_bobs(arguments):
            raise error
        return inner(*arguments, **more)  # type: ignore[operator]

    return fails


STEPS = {
    "reading": ("autograder.nbgrader_hooks.reader.SubmissionReader.from_filename", RecursionError("too deep")),
    "parsing": ("autograder.nbgrader_hooks.repair.Repair.preprocess", MemoryError()),
    "running": ("autograder.nbgrader_hooks.execute.IsolatedExecute.preprocess", OSError(24, "Too many open files")),
    "recording": ("autograder.nbgrader_hooks.record.Record.preprocess", KeyError("test-add")),
    "feedback": ("autograder.nbgrader_hooks.feedback.Redact.preprocess", AssertionError("invalid escape sequence")),
    "table": ("autograder.course.table.summary", ValueError("a row that\nnobody can read")),
}


@pytest.mark.parametrize("step", STEPS)
def test_planted_every_step_that_fails_is_a_row(
    classroom: Course, step: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target, error = STEPS[step]
    place, _, name = target.rpartition(".")
    owner = pkgutil.resolve_name(place)
    monkeypatch.setattr(owner, name, broken(getattr(owner, name), error))
    good = grade_class(classroom, ["toy"], None, force=False)
    printed = capsys.readouterr().out
    [line] = [line for line in printed.splitlines() if line.startswith("│ bob")]
    assert type(error).__name__ in line or "Too many open files" in line, line
    assert good is (step == "table")
    assert "Traceback" not in printed
    for student in ("ada", "cy"):
        assert scores(classroom, student) == FULL
        assert (classroom.folder / "feedback" / student / "toy" / "toy.html").exists()
    monkeypatch.undo()
    assert grade_class(classroom, ["toy"], None, force=False)
    assert scores(classroom, "bob") == FULL


def test_planted_a_new_file_that_cannot_be_graded_does_not_pass_for_the_old_one(
    classroom: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert grade_class(classroom, ["toy"], None, force=False)
    worse = solved(classroom)
    find(worse, "largest").source = "def largest(numbers):\n    return numbers[0]"
    hand_in(classroom, "bob", worse)
    monkeypatch.setattr(
        record.Record, "preprocess", broken(record.Record.preprocess, OSError(28, "No space left on device"))
    )
    row = classroom.autograde("toy", "bob")
    assert row.error == "No space left on device"
    assert row.look == ["until it is graded again, the gradebook keeps the earlier 5 points"]
    with Gradebook(classroom.db_url) as gradebook:
        assert gradebook.find_submission("toy", "bob").needs_manual_grade
    monkeypatch.undo()
    assert grade_class(classroom, ["toy"], None, force=False)
    assert scores(classroom, "bob") == FULL | {"test-largest": 0.0}
    with Gradebook(classroom.db_url) as gradebook:
        assert not gradebook.find_submission("toy", "bob").needs_manual_grade


def test_planted_a_locked_gradebook_is_a_row_and_is_graded_later(classroom: Course) -> None:
    assert grade_class(classroom, ["toy"], None, force=False)
    worse = solved(classroom)
    find(worse, "largest").source = "def largest(numbers):\n    return numbers[0]"
    hand_in(classroom, "bob", worse)
    other = sqlite3.connect(classroom.folder / "gradebook.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        row = classroom.autograde("toy", "bob")
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert row.error == "the gradebook: database is locked"
    assert scores(classroom, "bob") == FULL
    assert grade_class(classroom, ["toy"], None, force=False)
    assert scores(classroom, "bob") == FULL | {"test-largest": 0.0}


def test_a_lost_warm_process_is_started_again_and_costs_no_score(
    classroom: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost between two submissions, before one, and while one runs, which then is run again."""
    process = shared_engine(classroom.root).zygote.process
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert classroom.autograde("toy", "ada").score == 5
    inner, times = grading.run_cells, []

    def lost(nb: object, assignment: object, engine: object, seed: int) -> object:
        times.append(seed)
        if len(times) == 1:
            engine.zygote.process.send_signal(signal.SIGKILL)  # type: ignore[attr-defined]
            engine.zygote.process.wait()  # type: ignore[attr-defined]
        return inner(nb, assignment, engine, seed)  # type: ignore[arg-type]

    monkeypatch.setattr(execute, "run_cells", lost)
    row = classroom.autograde("toy", "bob")
    assert (row.score, row.error, len(times)) == (5, "", 2)


def test_planted_a_warm_process_that_is_lost_during_every_run_is_a_row(
    classroom: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = grading.run_cells

    def lost(nb: object, assignment: object, engine: object, seed: int) -> object:
        ran = inner(nb, assignment, engine, seed)  # type: ignore[arg-type]
        engine.zygote.process.send_signal(signal.SIGKILL)  # type: ignore[attr-defined]
        engine.zygote.process.wait()  # type: ignore[attr-defined]
        return ran

    monkeypatch.setattr(execute, "run_cells", lost)
    assert "ended twice" in classroom.autograde("toy", "bob").error


def test_planted_a_student_whom_nobody_knows_is_refused_and_not_made(classroom: Course) -> None:
    before = sorted(classroom.folder.rglob("*"))
    with pytest.raises(CourseError, match=r"no such student: nobody \(there are: .*ada, .*bob, cy"):
        grade_class(classroom, ["toy"], ["ada", "nobody"], force=False)
    assert classroom.known_students().isdisjoint({"nobody"})
    assert sorted(classroom.folder.rglob("*")) == before, "nothing was graded"


def test_a_student_who_has_handed_nothing_in_is_named(classroom: Course, capsys: pytest.CaptureFixture[str]) -> None:
    with Gradebook(classroom.db_url) as gradebook:
        gradebook.update_or_create_student("zoe")
    assert grade_class(classroom, ["toy"], ["zoe"], force=False)
    assert "toy: zoe has handed nothing in" in capsys.readouterr().out
    assert not (classroom.folder / "history" / "toy" / "zoe.jsonl").exists()


def test_an_endless_loop_after_the_answer_is_marked(classroom: Course) -> None:
    notebook = solved(classroom)
    notebook.cells.append(new_code_cell("while True: pass"))
    hand_in(classroom, "bob", notebook)
    handout = classroom.root / "exercises" / "toy" / "toy.ipynb"
    text = handout.read_text()
    released = nbformat.reads(text, as_version=4)
    find(released, "setup").metadata.course = {"limits": {"cell_seconds": 1}}
    nbformat.write(released, handout)
    try:
        row = classroom.autograde("toy", "bob")
    finally:
        handout.write_text(text)
    assert row.score == 5, row
    assert any("did not finish within" in sentence for sentence in row.look), row.look


def test_causes_are_one_line() -> None:
    assert cause_of(CourseError("first\n  second")) == "first second"
    assert cause_of(OSError(28, "No space left on device", "/x")) == "No space left on device: /x"
    assert cause_of(KeyError("a")) == "KeyError: 'a'"
    assert len(one_line("x" * 10_000)) < 400
