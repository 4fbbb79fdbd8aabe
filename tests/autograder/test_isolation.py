"""The sandbox, in each tier that holds here: what a submission may use, cannot reach, and cannot leave behind."""

from __future__ import annotations

import copy
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course.lifecycle import ROOT, Course
from autograder.grading.submission import grade_file
from autograder.notebooks.assignment import Assignment
from autograder.processes.engine import Engine
from tests.autograder.conftest import grade, hand_in, solved


def test_honest_code_gets_full_marks_and_its_outputs(course: Course, assignment: Assignment, isolated: Engine) -> None:
    own = (
        "import asyncio, matplotlib.pyplot as plt, sys, tempfile\n"
        "print('shown'); print('warning', file=sys.stderr); plt.plot([1, 2]); plt.show()\n"
        "open('notes.txt', 'w').write('kept'); tempfile.mkdtemp()\nawait asyncio.sleep(0)\n!echo from the shell\n6 * 7"
    )
    grading = grade(course, assignment, isolated, own=own)
    assert [v.reason for v in grading.verdicts] == ["correct", "correct"], grading.verdicts
    outputs = grading.notebook.cells[1].outputs
    text = "".join(output.get("text", "") for output in outputs)
    assert ("shown" in text, "warning" in text, "from the shell" in text) == (True, True, True), outputs
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert outputs[-1].data["text/plain"] == "42"
    evidence = grading.verdicts[0].evidence
    assert isolated.tier in evidence.tier
    assert "seccomp" in evidence.tier
    assert (len(evidence.submission), len(evidence.environment), len(grading.verdicts[0].test)) == (64, 64, 64)
    assert type(evidence.seed) is int


PLANTED = {  # own cell (run before the right answers) -> what it must not have got at
    "the course": "import os\nfor path in {course}, {root}, {root} + '/solutions':\n"
    "    try: print('REACHED' * bool(set(os.listdir(path)) - {'.venv'}))\n    except OSError: pass",
    "a file by its path": "for start in '', '/proc/1/root', '/proc/self/root':\n"
    "    try: print(open(start + {secret}).read())\n    except OSError: pass",
    "the packages of the course": "for name in 'translator', 'autograder', 'tests':\n"
    "    try: __import__(name); print('REACHED')\n    except ImportError: pass",
    "the path of the course by imports": "import sys\n"
    "print('REACHED' * any({root} in p and '.venv' not in p for p in sys.path),\n"
    "    [f for f in sys.meta_path if 'editable' in str(f)] and 'REACHED')",
    "a listener": "import socket\nfor make in (lambda: socket.create_connection(('127.0.0.1', {port}), 1),\n"
    "             lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)):\n"
    "    try: make(); print('REACHED')\n    except OSError: pass",
    "another namespace": "import ctypes\nif ctypes.CDLL(None).unshare(0x10000000) == 0: print('REACHED')",
    "its watcher": "import ctypes, os\nif ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0: print('REACHED')\n"
    "try: open('/proc/%d/mem' % os.getppid()); print('REACHED')\nexcept OSError: pass",
    "the environment": "import os\nprint('REACHED' * any(word in str(os.environ) for word in ('GRADEBOOK', {root})))",
    "the libraries": "import torch\ntry: open(torch.__file__ + '.py', 'w'); print('REACHED')\nexcept OSError: pass",
    "the mode of a file": "import os\ntry: os.chmod({secret}, 0); print('REACHED')\nexcept OSError: pass",
}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_a_submission_gets_at_nothing(
    course: Course, assignment: Assignment, isolated: Engine, name: str, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("REACHED")
    (tmp_path / "secret").chmod(0o666)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        words = {"course": repr(str(course.root)), "root": repr(str(ROOT)), "secret": repr(str(tmp_path / "secret"))}
        own = PLANTED[name]
        for word, text in {**words, "port": str(listener.getsockname()[1])}.items():
            own = own.replace("{" + word + "}", text)
        grading = grade(course, assignment, isolated, own=own)
    assert "REACHED" not in str([cell.get("outputs") for cell in grading.notebook.cells]), grading.notebook.cells[1]
    assert grading.score == 5, "what the code deserves"
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o666
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret"]


def test_planted_nothing_is_left_of_a_submission(course: Course, assignment: Assignment, isolated: Engine) -> None:
    mark = f"71.{time.time_ns() % 10**9}"
    own = (
        f"import os, subprocess\nsubprocess.Popen(['sleep', '{mark}'])\nif os.fork() == 0:\n"
        f"    try: os.setsid()\n    except OSError: pass\n"
        f"    if os.fork() == 0: os.execvp('sleep', ['sleep', '{mark}'])\n    os._exit(0)"
    )
    assert grade(course, assignment, isolated, own=own).score == 5
    running = [path.read_bytes() for path in map(Path, cmdlines()) if path.exists()]
    assert not [line for line in running if mark.encode() in line]


def cmdlines() -> list[str]:
    return [f"/proc/{pid.name}/cmdline" for pid in Path("/proc").iterdir() if pid.name.isdigit()]


def test_listed_packages_are_there_as_copies_and_others_are_not(
    course: Course, assignment: Assignment, isolated: Engine
) -> None:
    own = "from translator.model import config; import translator; print(translator.__file__)\n"
    own += "open(translator.__file__, 'w')"
    named = copy.deepcopy(assignment)
    named.handout.cells["setup"].metadata.course.packages = ["translator"]
    printed, error = grade(course, named, isolated, own=own).notebook.cells[1].outputs
    assert str(ROOT) not in printed.text
    assert error.ename in ("PermissionError", "OSError")
    [error] = grade(course, assignment, isolated, own=own).notebook.cells[1].outputs
    assert error.ename == "ModuleNotFoundError"
    answer = "from translator.model.attention import attention\ndef largest(numbers): return sorted(numbers)[-1]"
    grading = grade(course, assignment, isolated, answer)
    assert "No module named 'translator'" in grading.verdicts[1].message


def test_half_a_character_and_a_null_byte_are_the_students_own_trouble(
    course: Course, assignment: Assignment, isolated: Engine
) -> None:
    grading = grade(course, assignment, isolated, own="print('a\x00b')")
    assert grading.score == 5
    path = hand_in(course, "eve", solved(course))
    path.write_text(path.read_text().replace("def add(", "# \\ud800\\ndef add("))
    assert "UnicodeEncodeError" in grade_file(assignment, path, isolated).unreadable


def test_the_seed_repeats_a_grading(course: Course, assignment: Assignment, isolated: Engine) -> None:
    path = hand_in(course, "eve", solved(course))
    first, second = (grade_file(assignment, path, isolated, seed=5) for _ in range(2))
    assert [replace(v, seconds=0) for v in first.verdicts] == [replace(v, seconds=0) for v in second.verdicts]
    assert first.verdicts[0].evidence.seed == 5
