"""One at a time in a gradebook, by whichever way it comes; and Ctrl-C, which stops a class cleanly."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from threading import Timer

import pytest
from nbgrader.apps import NbGraderAPI

from autograder.course.generate import register
from autograder.course.grade import grade_class
from autograder.course.lifecycle import Course
from autograder.errors import CourseError
from autograder.nbgrader_hooks import lock
from autograder.nbgrader_hooks.history import read_history
from autograder.nbgrader_hooks.lock import gradebook_lock, lock_file
from autograder.release.gate import release
from tests.autograder.conftest import find, hand_in, solved
from tests.autograder.faults import scores
from tests.autograder.test_lifecycle import NBGRADER

FULL = {"test-add": 2.0, "test-largest": 3.0}
GRADE = """import sys; from pathlib import Path; from autograder import __main__ as command
from autograder.course import lifecycle
own = lifecycle.Course
lifecycle.Course = lambda **more: own(Path.cwd(), "gradebook", **more)
sys.argv = ["autograder", "grade", "toy", *sys.argv[1:]]
sys.exit(command.main())"""
HOLD = """import sys, time; from pathlib import Path; from autograder.nbgrader_hooks.lock import gradebook_lock
with gradebook_lock(sys.argv[1]):
    print("held", flush=True)
    while not Path("let-go").exists(): time.sleep(0.05)
    Path("let-go").rename("gone")"""


def start(course: Course, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=course.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell's background job ignores Ctrl-C, and so would whatever it starts: these tests among them.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.fixture
def classroom(course: Course) -> Iterator[Course]:
    yield course
    for name in ("submitted", "history", "autograded", "feedback"):
        shutil.rmtree(course.folder / name, ignore_errors=True)


@pytest.fixture
def held(classroom: Course) -> Iterator[subprocess.Popen[str]]:
    """Somebody else who holds the gradebook's lock until a file tells it to let go."""
    for name in ("let-go", "gone"):
        (classroom.root / name).unlink(missing_ok=True)
    other = start(classroom, sys.executable, "-c", HOLD, classroom.db_url)
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    yield other
    other.kill()
    other.communicate()


def test_who_waits_is_told_for_whom(
    classroom: Course, held: subprocess.Popen[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Timer(0.5, (classroom.root / "let-go").touch).start()
    with gradebook_lock(classroom.db_url), gradebook_lock(classroom.db_url):  # who has it, has it
        assert (classroom.root / "gone").exists()
    told = capsys.readouterr().err
    assert f"in use by `-c {classroom.db_url}` (process {held.pid}, since 20" in told
    assert told.count("\n") == 1


def test_planted_a_server_gives_up_and_says_for_whom(
    classroom: Course, held: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "SERVER_SECONDS", 0.1)

    async def button() -> None:
        with gradebook_lock(classroom.db_url):
            raise AssertionError

    with pytest.raises(CourseError, match=f"in use by .* .process {held.pid}"):
        asyncio.run(button())


def test_planted_the_button_of_formgrader_is_refused_too(
    classroom: Course, held: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What formgrader calls, in a server's event loop: nothing is removed or graded meanwhile."""
    monkeypatch.setattr(lock, "SERVER_SECONDS", 0.1)
    hand_in(classroom, "ada", solved(classroom))
    kept = classroom.graded("toy", "ada")
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text("{}")

    async def button() -> dict[str, str]:
        return NbGraderAPI(config=classroom.config).autograde("toy", "ada")

    result = asyncio.run(button())
    assert not result["success"]
    assert f"process {held.pid}" in result["error"]
    assert kept.read_text() == "{}"


def test_a_plain_command_waits(classroom: Course, held: subprocess.Popen[str]) -> None:
    hand_in(classroom, "ada", solved(classroom))
    command = start(classroom, NBGRADER, "autograde", "toy")
    assert command.stderr is not None
    assert any(f"(process {held.pid}, since" in line for line in command.stderr)
    assert not classroom.graded("toy", "ada").exists()
    (classroom.root / "let-go").touch()
    command.communicate()
    assert command.returncode == 0
    assert scores(classroom, "ada") == FULL


@pytest.mark.parametrize(
    "way", [lambda course: release(course, with_bank=False), lambda course: register(course, ["toy"])]
)
def test_release_and_register_wait(
    classroom: Course, held: subprocess.Popen[str], way: Callable[[Course], None]
) -> None:
    Timer(1.0, (classroom.root / "let-go").touch).start()
    way(classroom)
    assert (classroom.root / "gone").exists()


def test_the_lock_ends_with_its_process_however_that_ends(classroom: Course, held: subprocess.Popen[str]) -> None:
    held.send_signal(signal.SIGKILL)
    held.wait()
    with gradebook_lock(classroom.db_url):
        assert str(os.getpid()) in lock_file(classroom.db_url).read_text()


def test_three_commands_at_once_end_with_right_rows(classroom: Course) -> None:
    worse = solved(classroom)
    find(worse, "largest").source = "def largest(numbers):\n    return numbers[0]"
    hand_in(classroom, "ada", solved(classroom))
    hand_in(classroom, "bob", worse)
    for path in classroom.folder.glob("gradebook.*"):
        path.unlink()  # a gradebook that nobody has made yet
    commands = [start(classroom, sys.executable, "-c", GRADE) for _ in range(3)]
    answers = [command.communicate(timeout=240) for command in commands]
    assert [command.returncode for command in commands] == [0, 0, 0], answers
    assert not any("Traceback" in text for answer in answers for text in answer), answers
    assert scores(classroom, "ada") == FULL
    assert scores(classroom, "bob") == FULL | {"test-largest": 0.0}
    kept = sum("2 of 2 had not changed" in " ".join(out.split()) for out, _ in answers)
    assert kept == 2, "those that came later found it graded"
    assert len(classroom.history("toy", "ada").read_text().splitlines()) == 1


def test_ctrl_c_stops_the_class_and_the_same_command_goes_on(
    classroom: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = solved(classroom)
    find(slow, "add").source = "import time\ntime.sleep(20)"
    for student, notebook in (("ada", solved(classroom)), ("bob", slow), ("cy", solved(classroom))):
        hand_in(classroom, student, notebook)
    command = start(classroom, sys.executable, "-c", GRADE)
    deadline = time.monotonic() + 120
    while not classroom.graded("toy", "bob").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    command.send_signal(signal.SIGINT)
    out, err = command.communicate(timeout=60)
    assert command.returncode == 130, (out, err)
    assert "stopped by Ctrl-C when 1 of 3 were done" in " ".join(out.split())
    assert "Traceback" not in out + err
    assert scores(classroom, "ada") == FULL
    assert not classroom.history("toy", "cy").exists()
    hand_in(classroom, "bob", solved(classroom))
    capsys.readouterr()
    assert grade_class(classroom, ["toy"], None, force=False)
    assert "1 of 3 had not changed" in " ".join(capsys.readouterr().out.split())
    assert [scores(classroom, student) for student in ("bob", "cy")] == [FULL, FULL]
    assert read_history(classroom.history("toy", "bob")).damaged == 0
