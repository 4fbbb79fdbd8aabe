"""A course of its own for the grader's tests: one small assignment without torch, so that a kernel starts fast."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.course.lifecycle import ROOT, Course
from autograder.grading.submission import Grading, grade_file
from autograder.isolation import jail
from autograder.notebooks.assignment import Assignment
from autograder.processes.engine import Engine, NoIsolation
from autograder.release.gate import release
from tests.assignments import assignment_of
from tests.conftest import once

LIMITS = {"cell_seconds": 2, "wall_seconds": 10, "cpu_seconds": 5, "memory_mb": 400, "disk_mb": 16, "processes": 16}
RIGHT = "def largest(numbers):\n    return sorted(numbers)[-1]\n"
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
ADD = '''def add(a, b):
    """Return the sum of the numbers a and b."""
    ### BEGIN SOLUTION
    return a + b
    ### END SOLUTION'''
TEST_ADD = """assert add(1, 2) == 3, "add(1, 2) should be 3: section 1"
### BEGIN HIDDEN TESTS
secret_pairs = [(10, -3), (0, 0)]
for a, b in secret_pairs:
    assert add(a, b) == a + b, "negative numbers are not added: section 1"
### END HIDDEN TESTS"""
LARGEST = '''def largest(numbers):
    """Return the largest number of the list."""
    ### BEGIN SOLUTION
    best = numbers[0]
    for number in numbers:
        if number > best:
            best = number
    return best
    ### END SOLUTION'''
TEST_LARGEST = """assert largest([1, 3, 2]) == 3, "largest([1, 3, 2]) should be 3: section 2"
### BEGIN HIDDEN TESTS
assert largest([-5, -7]) == -5, "it fails when every number is negative: section 2"
### END HIDDEN TESTS"""


def nbgrader_cell(source: str, name: str, points: int | None = None, answer: bool = False, **metadata: Any) -> Any:
    nbgrader = {"grade_id": name, "schema_version": 3, "task": False}
    nbgrader |= {"grade": points is not None, "solution": answer, "locked": not answer}
    if points is not None:
        nbgrader["points"] = points
    return new_code_cell(source, id=name, metadata={"nbgrader": nbgrader, **metadata})


def toy_notebook() -> Any:
    cells = [
        new_markdown_cell("# Toy", id="title"),
        nbgrader_cell("SEED = 1234", "setup"),
        nbgrader_cell(ADD, "add", answer=True),
        nbgrader_cell(TEST_ADD, "test-add", points=2),
        nbgrader_cell(LARGEST, "largest", answer=True, course={"forbidden": ["max", "sort"]}),
        nbgrader_cell(TEST_LARGEST, "test-largest", points=3),
    ]
    return new_notebook(cells=cells, metadata=copy.deepcopy(KERNEL))


def make_course(root: Path) -> Course:
    """A course folder with the project's own nbgrader_config.py and the toy assignment."""
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / "solutions" / "toy").mkdir(parents=True)
    nbformat.write(toy_notebook(), root / "solutions" / "toy" / "toy.ipynb")
    course = Course(root, "gradebook")
    release(course, with_bank=False)
    return course


@pytest.fixture(scope="session")
def toy_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy course, released and registered once for all: to be copied, not used. No file of it knows its place."""
    return once(tmp_path_factory, "toy-course", make_course)


def copy_course(made: Path, target: Path) -> Course:
    shutil.copytree(made, target, dirs_exist_ok=True)
    return Course(target, "gradebook")


@pytest.fixture(scope="module")
def course(toy_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The toy course, released and registered, for the tests of a module."""
    return copy_course(toy_course, tmp_path_factory.mktemp("course"))


@pytest.fixture
def own_course(toy_course: Path, tmp_path: Path) -> Course:
    """A toy course for one test alone."""
    return copy_course(toy_course, tmp_path)


def solved(course: Course) -> Any:
    """A full-marks submission."""
    notebook = nbformat.read(course.root / "exercises" / "toy" / "toy.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.get("id") in ("add", "largest"):
            source = ADD if cell.id == "add" else LARGEST
            cell.source = "\n".join(line for line in source.splitlines() if "###" not in line)
    return notebook


def find(notebook: Any, name: str) -> Any:
    return next(cell for cell in notebook.cells if cell.id == name)


def hand_in(course: Course, student: str, content: Any, name: str = "toy.ipynb") -> Path:
    """Write a submission: a notebook, a text, or bytes."""
    folder = course.folder / "submitted" / student / "toy"
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        (folder / name).write_bytes(content)
    else:
        text = content if isinstance(content, str) else nbformat.writes(content)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / name


@pytest.fixture(scope="session", params=jail.TIERS)
def isolated(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine of each tier. In CI only the namespaces may be missing: some hosts forbid them to ordinary users."""
    try:
        with Engine(ROOT, request.param) as found:
            yield found
    except NoIsolation as error:
        pytest.skip(f"the {request.param} tier does not hold here: {error}")


@pytest.fixture(scope="module")
def assignment(course: Course) -> Assignment:
    """The toy assignment with tight limits; `sorted` is allowed, `max` is not."""
    found = assignment_of(course.root / "solutions/toy/toy.ipynb", course.root / "exercises/toy/toy.ipynb")
    found = copy.deepcopy(found)
    found.handout.cells["setup"].metadata.course = {"limits": LIMITS}
    found.handout.cells["largest"].metadata.course = {"forbidden": ["max"]}
    return found


def grade(course: Course, assignment: Assignment, engine: Engine, largest: str = RIGHT, own: str = "") -> Grading:
    """Grade a submission with this answer to the second exercise, after a cell of the student's own."""
    notebook = solved(course)
    find(notebook, "largest").source = largest
    if own:
        notebook.cells.insert(1, new_code_cell(own))
    return grade_file(assignment, hand_in(course, "eve", notebook), engine)


def of_largest(grading: Grading) -> tuple[float, str]:
    [verdict] = [each for each in grading.verdicts if each.cell == "test-largest"]
    return verdict.score, str(verdict.reason)
