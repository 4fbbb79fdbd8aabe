"""A grading with a fault at any of its steps: killed, stopped by Ctrl-C, on a full disk, with a locked gradebook.

A forked child grades, with the steps counted that change something on the disk; at the chosen one the fault happens.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from nbconvert.writers import FilesWriter
from nbgrader.api import Gradebook
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from autograder.course.grade import grade_class
from autograder.course.lifecycle import Course
from autograder.nbgrader_hooks import execute
from autograder.nbgrader_hooks.history import read_history
from autograder.processes.engine import Engine

ENDED, STOPPED, FAILED = 0, 130, 1


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt() -> None:
    raise KeyboardInterrupt


def full_disk() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def locked() -> None:
    raise OperationalError("UPDATE", None, sqlite3.OperationalError("database is locked"))


KINDS = {"kill -9": kill, "Ctrl-C": interrupt, "full disk": full_disk, "locked gradebook": locked}


class Steps:
    """Counts the steps of a grading, and lets the fault happen at one of them."""

    def __init__(self, at: int, fault: Callable[[], None]) -> None:
        self.at, self.fault, self.names = at, fault, []

    def step(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) - 1 == self.at:
            self.fault()

    def around(self, owner: Any, name: str) -> None:
        """Count the moment before a call, and the one after it."""
        inner = getattr(owner, name)

        @wraps(inner)
        def counted(*arguments: Any, **more: Any) -> Any:
            self.step(f"before {name}")
            result = inner(*arguments, **more)
            self.step(f"after {name}")
            return result

        setattr(owner, name, counted)

    def half_written(self) -> None:
        """Count, too, the moment when half of a history line or of a notebook is written."""
        whole_write, whole_notebook = os.write, FilesWriter.write

        def write(file: int, data: bytes) -> int:
            if len(self.names) == self.at:
                whole_write(file, data[: len(data) // 2])
            self.step("half of write")
            return whole_write(file, data)

        @wraps(whole_notebook)
        def notebook(writer: FilesWriter, output: str, resources: Any, notebook_name: str | None = None) -> Any:
            if len(self.names) == self.at:
                whole_notebook(writer, output[: len(output) // 2], resources, notebook_name=notebook_name)
            self.step("half of a notebook")
            return whole_notebook(writer, output, resources, notebook_name=notebook_name)

        os.write, FilesWriter.write = write, notebook


def disturbed(course: Course, force: bool, at: int = -1, fault: Callable[[], None] = kill) -> tuple[int, list[str]]:
    """Grade the class in a child with a fault at step `at`. Its exit status (negative: a signal), its steps."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        status = FAILED
        try:
            os.close(read)
            sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115  (to the end of the child)
            Engine.alive = True  # the warm process is the parent's child
            steps = Steps(at, fault)
            steps.half_written()
            steps.around(Session, "commit")
            steps.around(Session, "flush")
            steps.around(os, "write")
            steps.around(os, "fsync")
            steps.around(os, "chmod")
            steps.around(shutil, "rmtree")
            steps.around(FilesWriter, "write")
            steps.around(execute, "run_cells")
            status = ENDED if grade_class(course, ["toy"], None, force) else FAILED
            with open(write, "w") as file:
                file.write("\n".join(steps.names))
        except KeyboardInterrupt:
            status = STOPPED
        finally:
            os._exit(status)
    os.close(write)
    with open(read) as file:
        names = file.read().splitlines()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), names


def contents(course: Course, student: str) -> dict[str, Any]:
    """What the gradebook says of a student, and what history and feedback say with it."""
    found: dict[str, Any] = {"scores": scores(course, student)}
    with Gradebook(course.db_url) as gradebook, contextlib.suppress(Exception):
        submission = gradebook.find_submission("toy", student)
        grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
        found["by hand"] = {grade.name: (grade.needs_manual_grade, grade.manual_score) for grade in grades}
        found["late"] = (submission.late_submission_penalty or 0.0, submission.timestamp, submission.score)
    latest = read_history(course.history("toy", student)).latest or {"verdicts": []}
    found["history"] = {verdict["cell"]: (verdict["score"], verdict["reason"]) for verdict in latest["verdicts"]}
    page = course.folder / "feedback" / student / "toy" / "toy.html"
    found["feedback"] = page.read_text() if page.exists() else ""
    return found


def scores(course: Course, student: str) -> dict[str, float | None]:
    """By cell, what the gradebook has."""
    with Gradebook(course.db_url) as gradebook:
        submission = gradebook.find_submission("toy", student)
        return {grade.name: grade.auto_score for notebook in submission.notebooks for grade in notebook.grades}


def copied(course: Course, to: Path) -> None:
    """Keep the state of a course."""
    shutil.copytree(course.folder, to, symlinks=True)


def restored(course: Course, saved: Path) -> None:
    """Bring it back."""
    shutil.rmtree(course.folder)
    shutil.copytree(saved, course.folder, symlinks=True)
