"""A notebook that wants too much memory has one defined outcome, however often and however fast it does."""

from __future__ import annotations

import copy

import pytest

from autograder.course.lifecycle import Course
from autograder.notebooks.assignment import Assignment
from autograder.processes.engine import Engine
from tests.autograder.conftest import grade

OVER, RIGHT = "over limit", "correct"
Answers = tuple[str, str]
TAIL = "    return sorted(numbers)[-1]\n"
HONEST = "def largest(numbers):\n" + TAIL

# answer, own cell before it, the reasons of both exercises. The limit is 400 MB.
HOGS: dict[str, tuple[str, str, Answers]] = {
    "tensors in steps": (
        "import torch\ndef largest(numbers):\n    held = [torch.ones(1 << 21) for _ in range(80)]\n" + TAIL,
        "",
        (RIGHT, OVER),
    ),
    "arrays in steps": (
        "import numpy\ndef largest(numbers):\n    held = [numpy.ones(1 << 20) for _ in range(80)]\n" + TAIL,
        "",
        (RIGHT, OVER),
    ),
    "one big allocation": (
        "import numpy\ndef largest(numbers):\n    numpy.ones(450 << 20, dtype='uint8')\n" + TAIL,
        "",
        (RIGHT, OVER),
    ),
    "a peak that is gone at once": ("def largest(numbers):\n    bytes(450 << 20)\n" + TAIL, "", (RIGHT, OVER)),
    "a peak below the limit": ("def largest(numbers):\n    bytes(390 << 20)\n" + TAIL, "", (RIGHT, RIGHT)),
    "many small objects": (
        "def largest(numbers):\n    held = [[n] for n in range(10**8)]\n" + TAIL,
        "",
        (RIGHT, OVER),
    ),
    "a result that is too large to send": (
        "import torch\ndef largest(numbers):\n    return torch.ones(80 << 20)\n",
        "",
        (RIGHT, OVER),
    ),
    "an own cell that wants too much at once": (HONEST, "x = bytearray(500 << 20)", (RIGHT, RIGHT)),
    "an own cell whose function grows": (
        HONEST,
        "def grow():\n    held = []\n    while True: held.append([0])\ngrow()",
        (RIGHT, RIGHT),
    ),
    "an own cell that keeps it": (HONEST, "held = []\nwhile True: held.append([0])", (OVER, OVER)),
    "an own cell that keeps tensors": (
        HONEST,
        "import torch\nheld = []\nwhile True: held.append(torch.ones(1 << 16))",
        (OVER, OVER),
    ),
    "a global that grows in a test": (
        "import torch\nheld = []\ndef largest(numbers):\n    while True: held.append(dict(a=1))",
        "",
        (RIGHT, OVER),
    ),
    "shared mappings": (
        HONEST,
        "import mmap\nheld = []\nfor _ in range(20):\n    held.append(mmap.mmap(-1, 100 << 20))\n"
        "    held[-1].write(bytes(100 << 20))",
        (RIGHT, RIGHT),
    ),
    "several processes": (
        "import os, time\ndef largest(numbers):\n    for _ in range(5):\n        if os.fork() == 0:\n"
        "            x = bytearray(200 << 20); time.sleep(9)\n    time.sleep(9)",
        "",
        (RIGHT, OVER),
    ),
}
FAST = ("tensors in steps", "a peak that is gone at once", "many small objects", "an own cell that keeps it")


@pytest.fixture(scope="module")
def patient(assignment: Assignment) -> Assignment:
    """With time enough, so that memory is what decides on a busy machine, too."""
    found = copy.deepcopy(assignment)
    time = {"cell_seconds": 60, "wall_seconds": 120, "cpu_seconds": 60}
    found.handout.cells["setup"].metadata.course.limits |= time
    return found


def outcomes(course: Course, assignment: Assignment, engine: Engine, name: str, times: int) -> set[Answers]:
    """What came of grading it so often."""
    answer, own, _ = HOGS[name]
    gradings = [grade(course, assignment, engine, answer, own) for _ in range(times)]
    return {tuple(str(verdict.reason) for verdict in grading.verdicts) for grading in gradings}


@pytest.mark.parametrize("name", FAST)
def test_planted_a_memory_hog_ends_the_same_way_three_times(
    course: Course, patient: Assignment, isolated: Engine, name: str
) -> None:
    assert outcomes(course, patient, isolated, name, 3) == {HOGS[name][2]}


@pytest.mark.heavy
@pytest.mark.parametrize("name", HOGS)
def test_planted_a_memory_hog_ends_the_same_way_twenty_times(
    course: Course, patient: Assignment, isolated: Engine, name: str
) -> None:
    assert outcomes(course, patient, isolated, name, 20) == {HOGS[name][2]}
