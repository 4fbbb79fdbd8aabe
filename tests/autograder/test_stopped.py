"""A grading that is stopped (Ctrl-Z) and goes on later: the pause is nobody's time."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

from nbformat.v4 import new_code_cell

from autograder.course.lifecycle import Course
from autograder.grading.submission import grade_file
from autograder.isolation.bounded import bounded
from autograder.notebooks.assignment import Assignment
from autograder.processes.engine import Engine
from tests.autograder.conftest import LIMITS, hand_in, solved


def stopped_for(seconds: float, child: int) -> None:
    os.kill(child, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(child, signal.SIGCONT)


def test_a_pause_longer_than_the_limits_costs_an_honest_student_nothing(
    course: Course, assignment: Assignment, isolated: Engine, tmp_path: Path
) -> None:
    notebook = solved(course)
    notebook.cells.insert(2, new_code_cell("import time\ntime.sleep(1)"))
    path = hand_in(course, "ada", notebook)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:  # the driver
        try:
            os.write(write, b"x")
            grading = grade_file(assignment, path, isolated)
            text = json.dumps({v.cell: f"{v.reason} {v.message}" for v in grading.verdicts})
            (tmp_path / "found.json").write_text(text)
        finally:
            os._exit(0)
    os.read(read, 1)
    time.sleep(1)
    stopped_for(LIMITS["wall_seconds"] + 1, child)
    os.waitpid(child, 0)
    os.close(read)
    os.close(write)
    assert json.loads((tmp_path / "found.json").read_text()) == {"test-add": "correct ", "test-largest": "correct "}


def test_a_pause_costs_a_text_that_is_being_read_nothing(tmp_path: Path) -> None:
    """The child that reads is stopped with its parent, as by Ctrl-Z."""

    def work() -> str:
        (tmp_path / "pid").write_text(str(os.getpid()))
        end = time.process_time() + 0.2
        while time.process_time() < end:
            pass
        return "read"

    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        try:
            (tmp_path / "found").write_text(bounded(work, seconds=1))
        finally:
            os._exit(0)
    while not (tmp_path / "pid").exists():
        time.sleep(0.02)
    os.killpg(child, signal.SIGSTOP)
    time.sleep(7)  # longer than six times the second
    os.killpg(child, signal.SIGCONT)
    os.waitpid(child, 0)
    assert (tmp_path / "found").read_text() == "read"
