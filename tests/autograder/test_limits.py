"""The sandbox, in each tier that holds here: a bad answer and a limit that is passed end in a named verdict."""

from __future__ import annotations

import copy
import time

import pytest

from autograder.course.lifecycle import Course
from autograder.errors import CourseError
from autograder.notebooks.assignment import Assignment
from autograder.processes.engine import Engine
from autograder.rules.limits import Limits, limits_from
from tests.autograder.conftest import grade, of_largest

BAD = {  # answer -> what the test must end in
    "an endless loop": ("def largest(numbers):\n    while True: pass", "timed out"),
    "one that ignores interrupts": (
        "import signal\ndef largest(numbers):\n    signal.signal(signal.SIGINT, signal.SIG_IGN)\n    while True: pass",
        "timed out",
    ),
    "an exit": ("import os\ndef largest(numbers):\n    os._exit(0)", "crashed"),
    "SystemExit": ("def largest(numbers):\n    raise SystemExit", "crashed"),
    "a wild pointer": ("import ctypes\ndef largest(numbers):\n    ctypes.string_at(1)", "crashed"),
    "too much memory": ("def largest(numbers):\n    return [bytearray(50 << 20) for _ in range(40)]", "over limit"),
    "too much in several processes": (
        "import os, time\ndef largest(numbers):\n    for _ in range(4):\n        if os.fork() == 0:\n"
        "            x = bytearray(200 << 20); time.sleep(9)\n    time.sleep(9)",
        "over limit",
    ),
    "too much processor time": ("def largest(numbers):\n    while True: pass", "over limit"),
    "forged frames": (
        "import os, struct, threading\ndef spam():\n    while True:\n        for f in range(3, 12):\n"
        "            try: os.write(f, struct.pack('!I', 9) + b'[1, 2, 3]')\n            except OSError: pass\n"
        "threading.Thread(target=spam, daemon=True).start()\ndef largest(numbers): return 0\n",
        "tampered",
    ),
    "an object that equals everything": (
        "class Any:\n    def __eq__(self, other): return True\ndef largest(numbers): return Any()",
        "wrong",
    ),
    "comparisons replaced": (
        "import builtins, math, torch\nbuiltins.abs = builtins.all = torch.equal = math.isclose = lambda *a: True\n"
        "def largest(numbers): return 0",
        "wrong",
    ),
    "asserts dropped by a transformer": (
        "import ast\nclass Drop(ast.NodeTransformer):\n    def visit_Assert(self, node): return ast.Pass()\n"
        "get_ipython().ast_transformers.append(Drop())\ndef largest(numbers): return 0",
        "wrong",
    ),
    "a look at the caller": (
        "import sys\ndef largest(numbers):\n    frame = sys._getframe()\n    while frame:\n"
        "        if 'best' in frame.f_locals: return frame.f_locals['best']\n"
        "        frame = frame.f_back\n    return 0",
        "wrong",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_planted_a_bad_answer_ends_in_a_named_zero(
    course: Course, assignment: Assignment, isolated: Engine, name: str
) -> None:
    answer, reason = BAD[name]
    assignment = copy.deepcopy(assignment)
    if name == "too much processor time":
        assignment.handout.cells["setup"].metadata.course.limits |= {"cpu_seconds": 1, "cell_seconds": 9}
    before = time.monotonic()
    grading = grade(course, assignment, isolated, answer)
    assert of_largest(grading) == (0.0, reason), grading.verdicts
    assert time.monotonic() - before < 12
    assert grading.verdicts[0].reason in ("correct", reason), "the exercise before it stands, or ends the same way"


def test_a_slow_cell_is_interrupted_and_the_rest_counts(
    course: Course, assignment: Assignment, isolated: Engine
) -> None:
    grading = grade(course, assignment, isolated, own="import time\ntime.sleep(60)")
    assert grading.score == 5
    assert "did not finish within 2 seconds" in grading.notebook.cells[1].outputs[-1].evalue


def test_output_is_kept_within_its_bytes(course: Course, assignment: Assignment, isolated: Engine) -> None:
    grading = grade(course, assignment, isolated, own="line = 'x' * (1 << 20)\nfor _ in range(100): print(line)")
    assert grading.score == 5
    assert 500_000 < len(str(grading.notebook.cells[1].outputs)) < 1_100_000
    assert "output cut" in grading.notebook.cells[1].outputs[-1].text


def test_planted_limits_that_make_no_sense_are_named() -> None:
    assert limits_from({"cpu_seconds": 9}) == Limits(cpu_seconds=9)
    for bad in ({"cpu_second": 9}, {"memory_mb": -1}, {"memory_mb": "much"}, {"disk_mb": True}):
        with pytest.raises(CourseError, match=next(iter(bad))):
            limits_from(bad)
