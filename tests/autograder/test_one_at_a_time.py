"""One at a time in a gradebook, by whichever way it comes; and Ctrl-C, which stops a class cleanly."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.apps import NbGraderAPI

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
from autograder.course.lifecycle import Course
command.Course = lambda **more: Course(Path.cwd(), "gradebook", **more)
sys.argv = ["autograder", "grade", "toy", *sys.argv[1:]]
sys.exit(command.main())"""
HOLD = """import sys, time; from autograder.nbgrader_hooks.lock import gradebook_lock
with gradebook_lock(sys.argv[1]):
    print("held", flush=True); time.sleep(float(sys.argv[2]))"""


def start(course: Course, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(command, cwd=course.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def held(course: Course) -> Iterator[subprocess.Popen[str]]:
    """Somebody else who holds the gradebook's lock, for a second."""
    other = start(course, sys.executable, "-c", HOLD, course.db_url, "1.5")
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    yield other
    other.kill()
    other.communicate()


def test_who_waits_is_told_for_whom(
    course: Course, held: subprocess.Popen[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with gradebook_lock(course.db_url), gradebook_lock(course.db_url):  # who has it, has it
        assert held.wait() == 0
    told = capsys.readouterr().err
    assert f"in use by `-c {course.db_url} 1.5` (process {held.pid}, since 20" in told
    assert told.count("\n") == 1


def test_planted_a_server_gives_up_and_says_for_whom(
    course: Course, held: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "SERVER_SECONDS", 0.1)

    async def button() -> None:
        with gradebook_lock(course.db_url):
            raise AssertionError

    with pytest.raises(CourseError, match=f"in use by .* .process {held.pid}"):
        asyncio.run(button())


def test_planted_the_button_of_formgrader_is_refused_too(
    course: Course, held: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What formgrader calls, in a server's event loop: nothing is removed or graded meanwhile."""
    monkeypatch.setattr(lock, "SERVER_SECONDS", 0.1)
    hand_in(course, "ada", solved(course))
    kept = course.graded("toy", "ada")
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text("{}")

    async def button() -> dict[str, str]:
        return NbGraderAPI(config=course.config).autograde("toy", "ada")

    result = asyncio.run(button())
    assert not result["success"]
    assert f"process {held.pid}" in result["error"]
    assert kept.read_text() == "{}"


@pytest.mark.parametrize("way", ["nbgrader autograde", "release", "register"])
def test_every_way_waits(own_course: Course, way: str) -> None:
    hand_in(own_course, "ada", solved(own_course))
    other = start(own_course, sys.executable, "-c", HOLD, own_course.db_url, "3")
    assert other.stdout is not None
    other.stdout.readline()
    began = time.monotonic()
    if way == "nbgrader autograde":
        result = subprocess.run([NBGRADER, "autograde", "toy"], cwd=own_course.root, capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        assert f"(process {other.pid}, since" in result.stderr
    elif way == "release":
        release(own_course, with_bank=False)
    else:
        with own_course.lock():
            pass
    assert other.poll() is not None, f"{way} did not wait ({time.monotonic() - began:.1f} s)"


def test_the_lock_ends_with_its_process_however_that_ends(course: Course) -> None:
    other = start(course, sys.executable, "-c", HOLD, course.db_url, "60")
    assert other.stdout is not None
    other.stdout.readline()
    other.send_signal(signal.SIGKILL)
    other.communicate()
    with gradebook_lock(course.db_url):
        assert str(os.getpid()) in lock_file(course.db_url).read_text()


def test_three_commands_at_once_end_with_right_rows(own_course: Course) -> None:
    worse = solved(own_course)
    find(worse, "largest").source = "def largest(numbers):\n    return numbers[0]"
    hand_in(own_course, "ada", solved(own_course))
    hand_in(own_course, "bob", worse)
    for path in own_course.folder.glob("gradebook.*"):
        path.unlink()  # a gradebook that nobody has made yet
    commands = [start(own_course, sys.executable, "-c", GRADE) for _ in range(3)]
    answers = [command.communicate(timeout=240) for command in commands]
    assert [command.returncode for command in commands] == [0, 0, 0], answers
    assert not any("Traceback" in text for answer in answers for text in answer), answers
    assert scores(own_course, "ada") == FULL
    assert scores(own_course, "bob") == FULL | {"test-largest": 0.0}
    kept = sum("2 of 2 had not changed" in " ".join(out.split()) for out, _ in answers)
    assert kept == 2, "those that came later found it graded"
    assert len(own_course.history("toy", "ada").read_text().splitlines()) == 1


def test_ctrl_c_stops_the_class_and_the_same_command_goes_on(own_course: Course) -> None:
    slow = solved(own_course)
    find(slow, "add").source = "import time\ntime.sleep(20)"
    for student, notebook in (("ada", solved(own_course)), ("bob", slow), ("cy", solved(own_course))):
        hand_in(own_course, student, notebook)
    command = start(own_course, sys.executable, "-c", GRADE)
    deadline = time.monotonic() + 120
    while not done(own_course.graded("toy", "bob")) and time.monotonic() < deadline:
        time.sleep(0.1)
    command.send_signal(signal.SIGINT)
    out, err = command.communicate(timeout=60)
    assert command.returncode == 130, (out, err)
    assert "stopped by Ctrl-C when 1 of 3 were done" in " ".join(out.split())
    assert "Traceback" not in out + err
    assert scores(own_course, "ada") == FULL
    assert not own_course.history("toy", "cy").exists()
    hand_in(own_course, "bob", solved(own_course))
    again = start(own_course, sys.executable, "-c", GRADE)
    out, err = again.communicate(timeout=240)
    assert again.returncode == 0, (out, err)
    assert "1 of 3 had not changed" in " ".join(out.split())
    assert [scores(own_course, student) for student in ("bob", "cy")] == [FULL, FULL]
    assert read_history(own_course.history("toy", "bob")).damaged == 0


def done(path: Path) -> bool:
    """True once nbgrader has written what it runs: then the notebook runs."""
    return path.exists()
