"""Regenerating a release: into a scratch folder and gradebook first, then swapped in whole.

nbgrader empties the release folder before it writes; if it then refuses, the students' version is gone. Here a refusal
leaves the old release as it was.
"""

from __future__ import annotations

import ast
import copy
import os
import shutil
import tempfile
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager
from nbgrader.apps import NbGraderAPI

from autograder.course import Course, check
from autograder.errors import CourseError
from autograder.released import read_release
from autograder.source import MARKER


def generate(course: Course, assignment: str, scratch: Path) -> Path:
    """Generate the release into `scratch` with a gradebook of its own; returns the folder of the assignment."""
    config = copy.deepcopy(course.config)
    config.CourseDirectory.release_directory = str(scratch / "release")
    config.CourseDirectory.db_url = f"sqlite:///{scratch / 'gradebook.db'}"
    check(NbGraderAPI(config=config).generate_assignment(assignment, force=True), f"generating {assignment}")
    return scratch / "release" / assignment


def refuse_faults(notebook: Path) -> None:
    """Raise CourseError when a released notebook still holds a region, or a cell that does not compile."""
    for name, cell in read_release(notebook).cells.items():
        if MARKER.search(cell.source + "\n"):
            raise CourseError(f"{notebook.name}: the cell {name!r} still holds a region marker.")
        if cell.cell_type == "code":
            try:
                ast.parse(TransformerManager().transform_cell(cell.source))
            except SyntaxError as error:
                raise CourseError(f"{notebook.name}: the cell {name!r} does not compile: {error}") from None


def swap(new: Path, old: Path) -> None:
    """Put the folder `new` in the place of `old`; both are on the same file system, so each step is one rename."""
    old.parent.mkdir(parents=True, exist_ok=True)
    retired = old.with_name(f".{old.name}.old")
    if old.exists():
        os.replace(old, retired)
    os.replace(new, old)
    shutil.rmtree(retired, ignore_errors=True)


def release(course: Course, assignment: str) -> None:
    """Regenerate one assignment in exercises/ and register it in the course's gradebook."""
    build = course.root / "_build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build, prefix="release-") as scratch:
        folder = generate(course, assignment, Path(scratch))
        for notebook in sorted(folder.glob("*.ipynb")):
            refuse_faults(notebook)
        register(course, assignment, Path(scratch))
        swap(folder, course.root / "exercises" / assignment)


def register(course: Course, assignment: str, scratch: Path) -> None:
    """Tell the course's gradebook the cells, without touching exercises/ (nbgrader writes into the scratch folder)."""
    config = copy.deepcopy(course.config)
    config.CourseDirectory.release_directory = str(scratch / "registered")
    result = NbGraderAPI(config=config).generate_assignment(assignment, force=True)
    if not result["success"] and "Cannot add or remove cells" in result.get("log", "") + result.get("error", ""):
        raise CourseError(
            f"{assignment}: the gradebook in {course.state}/ holds submissions, and the set of cells has changed. "
            "The old release stands. Finish grading that class first, or name another folder with GRADEBOOK."
        )
    check(result, f"registering {assignment}")
