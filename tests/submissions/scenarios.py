"""What happens around the commands while a class is graded, as data: what lies in a folder, what fails, what is cut.

In each one ada and bob have handed in full marks and eve brings the trouble. Whatever it is, one `grade` command ends
by itself, without a traceback; ada and bob keep their points and get their feedback; eve has a row. After `repair`,
if there is one, a plain `grade` ends as an undisturbed one.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course.lifecycle import Course
from autograder.nbgrader_hooks.lock import lock_file

BESIDE, FILE, NAMES, STATE, FAULTS = "beside the notebook", "the file itself", "names", "damaged state", "faults"
FULL, ZERO = 5.0, 0.0
SECRET = "TOP-SECRET"


@dataclass(frozen=True)
class Scenario:
    """One trouble. arrange: with the course and eve's folder, when all have handed in.

    score: eve's after the first command; any of several; None where her old score has to stand or she has none.
    says: what the table has to say, each.  graded: everybody was graded before the trouble.  around: what holds while
    the command runs.  fault: what happens in the middle of it, when eve runs.  force: the command is a regrade.
    """

    name: str
    kind: str
    arrange: Callable[[Course, Path], object] = lambda course, folder: None
    score: tuple[float | None, ...] = (FULL,)
    says: tuple[str, ...] = ()
    graded: bool = False
    around: Callable[[Course], AbstractContextManager[Any]] = lambda course: nullcontext()
    fault: Callable[[], None] | None = None
    force: bool = False
    repair: Callable[[Course, Path], object] | None = None


def beside(name: str, make: Callable[[Path], object], *, says: tuple[str, ...] = (), file: str = "") -> Scenario:
    """Something that lies beside a full-marks notebook."""
    return Scenario(name, BESIDE, lambda course, folder: make(folder / file if file else folder), says=says)


def instead(name: str, make: Callable[[Path], object], score: tuple[float | None, ...] = (ZERO,)) -> Scenario:
    """Something that lies where the notebook should."""

    def arrange(course: Course, folder: Path) -> None:
        (folder / "toy.ipynb").unlink()
        make(folder / "toy.ipynb")

    return Scenario(name, FILE, arrange, score=score)


def sparse(path: Path, size: int = 700 << 20) -> None:
    path.touch()
    os.truncate(path, size)


def bind_socket(path: Path) -> None:
    before = os.getcwd()
    os.chdir(path.parent)  # a socket's path is short
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.bind(path.name)
    finally:
        os.chdir(before)


def deep(folder: Path) -> None:
    for _ in range(60):
        folder = folder / ("d" * 40)
    folder.mkdir(parents=True)


def shut(folder: Path) -> None:
    (folder / "inner").mkdir(parents=True)
    folder.chmod(0)


def checkpoint(folder: Path) -> None:
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "toy-checkpoint.ipynb").write_text("{}")


def many(folder: Path) -> None:
    for number in range(3000):
        (folder / f"{number}.txt").touch()


def hidden_only(folder: Path) -> None:
    (folder / "toy.ipynb").rename(folder / ".toy.ipynb")


def shadow(folder: Path) -> None:
    for name in ("torch.py", "nbgrader_config.py", "sitecustomize.py", "conftest.py"):
        (folder / name).write_text("raise SystemExit('planted')")


def named(student: str) -> Callable[[Course, Path], None]:
    """eve's folder under another name."""

    def arrange(course: Course, folder: Path) -> None:
        folder.parent.rename(folder.parent.with_name(student))

    return arrange


def link_to_ada(course: Course, folder: Path) -> None:
    shutil.rmtree(folder.parent)
    folder.parent.symlink_to("ada")


def file_for_a_folder(course: Course, folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("no folder")


def history(course: Course) -> Path:
    return course.history("toy", "eve")


def cut_history(course: Course, folder: Path) -> None:
    history(course).write_bytes(history(course).read_bytes()[:-40])


def history_is_a_folder(course: Course, folder: Path) -> None:
    history(course).unlink()
    history(course).mkdir()


def history_back(course: Course, folder: Path) -> None:
    with suppress(OSError):
        history(course).rmdir()


def cut_graded(course: Course, folder: Path) -> None:
    path = course.graded("toy", "eve")
    text = path.read_text()
    path.unlink()
    path.write_text(text[: len(text) // 2])


def graded_elsewhere(course: Course, folder: Path) -> None:
    """eve's graded folder leads out of the gradebook."""
    shutil.rmtree(course.graded("toy", "eve").parent)
    outside = course.root / "outside"
    outside.mkdir(exist_ok=True)
    (outside / "kept.txt").write_text("kept")
    course.graded("toy", "eve").parent.symlink_to(outside)


def graded_back(course: Course, folder: Path) -> None:
    with suppress(OSError):
        course.graded("toy", "eve").parent.unlink()


def feedback_is_a_file(course: Course, folder: Path) -> None:
    place = course.folder / "feedback" / "eve"
    shutil.rmtree(place)
    place.write_text("in the way")


def feedback_back(course: Course, folder: Path) -> None:
    with suppress(OSError):
        (course.folder / "feedback" / "eve").unlink()


def left_over(course: Course, folder: Path) -> None:
    (course.folder / "register-left" / "exercises").mkdir(parents=True, exist_ok=True)
    (course.folder / "gradebook.db-journal").touch()
    lock_file(course.db_url).write_bytes(b"\xff\x00 no JSON")


def worse(course: Course, folder: Path) -> None:
    """eve hands in again, so that there is another score to write."""
    path = folder / "toy.ipynb"
    shutil.copy(path, folder.parent / "right.ipynb")
    path.write_text(path.read_text().replace("return a + b", "return a"))


def right_again(course: Course, folder: Path) -> None:
    shutil.move(folder.parent / "right.ipynb", folder / "toy.ipynb")


@contextmanager
def database_locked(course: Course) -> Iterator[None]:
    """By another program, because SQLite's locks are those of a process."""
    program = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
    program += "db.execute('BEGIN IMMEDIATE'); print('locked', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", program, str(course.folder / "gradebook.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"locked\n"
        yield
        other.communicate()


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt() -> None:
    raise KeyboardInterrupt


def full_disk() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def no_descriptors() -> None:
    raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))


IGNORED = ("ignored",)
SCENARIOS = [
    beside("timestamp is a pipe", os.mkfifo, says=IGNORED, file="timestamp.txt"),
    beside("timestamp is a folder", Path.mkdir, says=IGNORED, file="timestamp.txt"),
    beside("timestamp is an endless device", lambda p: p.symlink_to("/dev/zero"), says=IGNORED, file="timestamp.txt"),
    beside("timestamp of 700 megabytes", sparse, says=IGNORED, file="timestamp.txt"),
    beside("timestamp is nonsense", lambda path: path.write_text("soon"), says=IGNORED, file="timestamp.txt"),
    beside("a pipe", os.mkfifo, file="data.csv"),
    beside("a socket", bind_socket, file="data.sock"),
    beside("a file of 20 gigabytes", lambda path: sparse(path, 20 << 30), file="data.bin"),
    beside("a link to everything", lambda path: path.symlink_to("/"), file="all"),
    beside("a link to itself", lambda path: path.symlink_to("loop"), file="loop"),
    beside("three thousand files", many),
    beside("folders sixty deep", deep, file="d"),
    beside("a folder that cannot be listed", shut, file="shut"),
    beside("a name with a new line and an escape", Path.touch, file="a\n\x1b[2Jb"),
    beside("a name that is no text", lambda folder: (Path(os.fsdecode(os.fsencode(folder) + b"/\xff.ipynb"))).touch()),
    beside("modules that shadow libraries", shadow),
    beside("a checkpoint", checkpoint),
    beside("a resource fork", lambda path: path.write_bytes(b"AppleDouble"), file="._toy.ipynb"),
    instead("a pipe for a notebook", os.mkfifo),
    instead("a folder for a notebook", Path.mkdir),
    instead("an endless device for a notebook", lambda path: path.symlink_to("/dev/zero")),
    instead("a link to the solution", lambda path: path.symlink_to(path.parents[4] / "solutions/toy/toy.ipynb")),
    instead("a link to nothing", lambda path: path.symlink_to("nowhere")),
    instead("five gigabytes for a notebook", lambda path: sparse(path, 5 << 30)),
    instead("a socket for a notebook", bind_socket),
    instead("no notebook", lambda path: None),
    Scenario("a hidden notebook only", FILE, lambda course, folder: hidden_only(folder), score=(ZERO,)),
    Scenario("a file for a folder", FILE, file_for_a_folder, score=(None,)),
    Scenario("a name that is a pattern", NAMES, named("eve[1-9]*"), score=(None,), says=("rename it",)),
    Scenario("a name that is HTML", NAMES, named("eve<script>"), score=(None,), says=("rename it",)),
    Scenario("a name with a new line", NAMES, named("eve\nada"), score=(None,), says=("rename it",)),
    Scenario("a name with an escape", NAMES, named("eve\x1b[2J"), score=(None,), says=("rename it",)),
    Scenario("a name of 200 letters", NAMES, named("e" * 200), score=(None,)),
    Scenario("a name that is no text", NAMES, named(os.fsdecode(b"eve\xff")), score=(None,), says=("rename it",)),
    Scenario("a folder that is a link to ada's", NAMES, link_to_ada, score=(FULL, ZERO, None)),
    Scenario("a line of the history is cut", STATE, cut_history, graded=True),
    Scenario("the history is a folder", STATE, history_is_a_folder, (None,), graded=True, repair=history_back),
    Scenario("the graded notebook is cut", STATE, cut_graded, graded=True),
    Scenario("the graded folder leads outside", STATE, graded_elsewhere, (None, FULL), graded=True, repair=graded_back),
    Scenario("a file where feedback goes", STATE, feedback_is_a_file, graded=True, force=True, repair=feedback_back),
    Scenario("left over by a run that was killed", STATE, left_over, graded=True, force=True),
    Scenario(
        "the gradebook is locked",
        FAULTS,
        worse,
        says=("locked",),
        graded=True,
        around=database_locked,
        repair=right_again,
    ),
    Scenario("kill -9 while eve runs", FAULTS, graded=True, force=True, fault=kill),
    Scenario("Ctrl-C while eve runs", FAULTS, graded=True, force=True, fault=interrupt),
    Scenario("a full disk while eve runs", FAULTS, says=("No space left",), graded=True, force=True, fault=full_disk),
    Scenario("no descriptors left", FAULTS, says=("Too many open",), graded=True, force=True, fault=no_descriptors),
    Scenario("kill -9 at the first grading", FAULTS, score=(None,), fault=kill),
    Scenario("a full disk at the first grading", FAULTS, score=(None,), says=("No space left",), fault=full_disk),
]
