"""Playing a scenario (scenarios.py): a `grade` command in a process of its own, and what is wrong afterwards."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from autograder.course.grade import grade_class
from autograder.course.lifecycle import Course
from autograder.nbgrader_hooks import execute
from autograder.processes.engine import Engine, shared_engine
from tests.autograder.conftest import hand_in, solved
from tests.conftest import tree
from tests.submissions.scenarios import FULL, Scenario

PATIENCE = 120.0  # seconds for a command on a busy machine
STUDENTS = ("ada", "bob", "eve")
STATE = ("submitted", "history", "autograded", "feedback", "register-left")


def play(scenario: Scenario, course: Course) -> list[str]:
    """What went wrong; empty when all ended as it should. The course is left as it was found."""
    try:
        return list(faults(scenario, course))
    finally:
        clear(course)


def faults(scenario: Scenario, course: Course) -> Iterator[str]:
    shared_engine(course.root)  # which the processes below share
    for student in STUDENTS:
        hand_in(course, student, solved(course))
    folder = course.folder / "submitted" / "eve" / "toy"
    if scenario.graded:
        status, text = command(course)
        if status:
            yield f"the first grading ended with {status}: {text[-500:]}"
    outside = {name: tree(course.root / name) for name in ("solutions", "exercises")}
    scenario.arrange(course, folder)
    with scenario.around(course):
        status, text = command(course, scenario)
    yield from said(scenario, status, text)
    interrupted = status in (-signal.SIGKILL, 130)
    for student in ("ada",) if interrupted else ("ada", "bob"):
        yield from served(course, student, scenario)
    if (found := score(course, "eve")) not in scenario.score and not scenario.graded:
        yield f"eve has {found}, expected {scenario.score}: {text[-1500:]}"
    if scenario.graded and found is None:
        yield "eve's earlier score is gone"
    if outside != {name: tree(course.root / name) for name in outside}:
        yield "something outside was changed"
    kept = course.root / "outside" / "kept.txt"
    if kept.parent.exists() and not kept.exists():
        yield "something was removed outside"
    if scenario.repair:
        scenario.repair(course, folder)
    if scenario.graded or scenario.fault:
        status, text = command(course)
        if status or score(course, "eve") != FULL:
            yield f"the next command ended with {status}, eve has {score(course, 'eve')}: {text[-500:]}"


def said(scenario: Scenario, status: int | None, text: str) -> Iterator[str]:
    """What is wrong with how the command ended and what it said."""
    if status is None:
        yield f"the command did not end within {PATIENCE:g} s"
    elif status not in (0, 1, 130) and not (status == -signal.SIGKILL and scenario.fault):
        yield f"the command ended with {status}"
    if "Traceback" in text:
        yield f"a traceback: {text[-1500:]}"
    if "\x1b[2J" in text:
        yield "a terminal escape came out"
    yield from (f"it does not say {words!r}: {text[-1500:]}" for words in scenario.says if words not in text)


def served(course: Course, student: str, scenario: Scenario) -> Iterator[str]:
    if (found := score(course, student)) != FULL:
        yield f"{student} has {found}"
    if not (course.folder / "feedback" / student / "toy" / "toy.html").exists():
        yield f"{student} has no feedback"


def score(course: Course, student: str) -> float | None:
    """The sum of the automatic scores in the gradebook; None where there is none."""
    with Gradebook(course.db_url) as gradebook:
        try:
            notebook = gradebook.find_submission_notebook("toy", "toy", student)
        except MissingEntry:
            return None
        scores = [grade.auto_score for grade in notebook.grades]
    return None if None in scores or not scores else float(sum(scores))


def command(course: Course, scenario: Scenario | None = None) -> tuple[int | None, str]:
    """`grade` for the class: its exit status (negative: a signal; None: it did not end) and what it printed."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(read)
            os.dup2(write, 1)
            os.dup2(write, 2)
            sys.stdout = sys.stderr = os.fdopen(write, "w", buffering=1, errors="backslashreplace")
            os.environ["COLUMNS"] = "400"
            status = in_the_child(course, scenario)
        finally:
            with contextlib.suppress(OSError):
                sys.stdout.flush()
            os._exit(status)
    os.close(write)
    text, ended = received(read, time.monotonic() + PATIENCE)
    os.close(read)
    if not ended:
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return (status if ended else None), text.decode("utf-8", "replace")


def in_the_child(course: Course, scenario: Scenario | None) -> int:
    Engine.alive = True  # type: ignore[method-assign, assignment]  # the warm process is the parent's child
    if scenario and scenario.fault:
        inner, fault = execute.run_cells, scenario.fault

        def run(nb: Any, *arguments: Any) -> Any:
            ran.append(1)
            if len(ran) == len(STUDENTS):  # eve is the last of them
                fault()
            return inner(nb, *arguments)

        ran: list[int] = []
        execute.run_cells = run
    try:
        return 0 if grade_class(course, ["toy"], None, bool(scenario and scenario.force)) else 1
    except KeyboardInterrupt:
        return 130


def received(line: int, end: float) -> tuple[bytes, bool]:
    """All that comes, and whether it came to its end in time."""
    found = b""
    while (left := end - time.monotonic()) > 0:
        if select.select([line], [], [], left)[0]:
            part = os.read(line, 1 << 16)
            if not part:
                return found, True
            found += part
    return found, False


def clear(course: Course) -> None:
    """Bring a course back to where nobody has handed anything in."""
    for path in (course.folder / "submitted").rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    for name in STATE:
        shutil.rmtree(course.folder / name, ignore_errors=True)
    shutil.rmtree(course.root / "outside", ignore_errors=True)
    with Gradebook(course.db_url) as gradebook:
        for student in [student.id for student in gradebook.students]:
            gradebook.remove_student(student)
