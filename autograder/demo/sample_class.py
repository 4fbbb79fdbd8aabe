"""`make course`: the main job, end to end, on the bundled samples in a gradebook of their own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from rich.progress import track

from autograder.course.lifecycle import Course, course_root
from autograder.course.row import Row
from autograder.course.table import print_table
from autograder.demo.samples import Sample, hand_in, read_samples
from autograder.errors import CourseError
from autograder.release.gate import release

STATE = "_build/samples"


def build_book(root: Path) -> Path:
    """Build the rendered book from stored outputs; a warning is an error. Returns the page to open."""
    command = [str(Path(sys.executable).parent / "jupyter-book"), "build", ".", "-W", "-n", "--keep-going", "--quiet"]
    subprocess.run(command, cwd=root, check=True)
    return root / "_build" / "html" / "index.html"


def grade_all(course: Course, samples: list[Sample]) -> list[Row]:
    """Hand in and grade every sample; those with a second hand-in are graded twice."""
    submitted = course.folder / "submitted"
    rows: list[Row] = []
    for sample in track(samples, description="grading"):
        for second in (False, True) if sample.then else (False,):
            hand_in(sample, course.root, submitted, second)
            row = course.autograde(sample.assignment, sample.student)
        rows.append(row)
    return rows


def differences(samples: list[Sample], rows: list[Row]) -> list[str]:
    """Where a sample's verdicts are not those that its case names: a sentence each."""
    found: list[str] = []
    for sample, row in zip(samples, rows, strict=True):
        if row.error:
            found.append(f"{sample.student}: {row.error}")
        reasons = {verdict["cell"]: verdict["reason"] for verdict in row.verdicts}
        for cell, reason in reasons.items():
            if reason != (expected := sample.expect.get(cell, sample.expect.get("all"))):
                found.append(f"{sample.student}: {cell} is {reason!r}, its case expects {expected!r}")
    return found


def grade_sample_class(root: Path | None = None) -> None:
    """Build, release, grade, write feedback, and say where to read. Raises CourseError when a sample surprises."""
    root = root or course_root()
    page = build_book(root)
    shutil.rmtree(root / STATE, ignore_errors=True)
    course = Course(root, STATE)
    release(course, with_bank=False)
    print(course.isolation())
    samples = read_samples(root / "samples")
    rows = grade_all(course, samples)
    for sample, row in zip(samples, rows, strict=True):
        if row.has_notebook:
            course.feedback(sample.assignment, [sample.student])
    print_table(rows, "Sample submissions")
    print(f"The book:      {page.as_uri()}   (make serve: http://localhost:8000)")
    print(f"The feedback:  {(course.folder / 'feedback').as_uri()}")
    print(f"The gradebook: GRADEBOOK={STATE} .venv/bin/jupyter lab, then Nbgrader > Formgrader")
    if found := differences(samples, rows):
        raise CourseError("Samples whose verdicts are not the expected ones:\n" + "\n".join(found))
