"""Seconds to grade one honest submission: isolated and judged outside, beside nbgrader's own executor, in one run.

    python benchmarks/grading_speed.py [--assignment 05-attention] [--submissions 8]

Every figure is the median over submissions that hold the reference answers, graded one after another in one process,
the first of each kind left out. "stock" is nbgrader's executor in the same pipeline (the honour system). The gradebook
lies in a folder of its own under _build/.
"""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import statistics
import subprocess
import sys
import time
import warnings
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from autograder.course.generate import register  # noqa: E402
from autograder.course.lifecycle import Course  # noqa: E402
from autograder.demo.samples import Sample, hand_in  # noqa: E402

STATE = "_build/grading_speed"


def graded_seconds(course: Course, assignment: str, students: list[str]) -> list[float]:
    """The seconds of each submission; the first one, which pays for what is imported late, is left out."""
    seconds: list[float] = []
    for student in students:
        began = time.perf_counter()
        row = course.autograde(assignment, student)
        seconds.append(time.perf_counter() - began)
        if row.error or row.score != row.points:
            raise SystemExit(f"{student}: {row.error or row.score} instead of full marks: nothing was measured.")
    return seconds[1:]


def command_seconds(assignment: str, student: str) -> float:
    """One plain `nbgrader autograde` for one student, the start of everything included."""
    command = [str(Path(sys.executable).parent / "nbgrader"), "autograde", assignment, "--student", student]
    began = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assignment", default="05-attention")
    parser.add_argument("--submissions", type=int, default=8, help="graded isolated; a third of them in stock nbgrader")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    shutil.rmtree(ROOT / STATE, ignore_errors=True)
    (ROOT / STATE).mkdir(parents=True)
    course = Course(ROOT, STATE)
    register(course, [arguments.assignment])
    students = [f"student-{number}" for number in range(arguments.submissions + 1)]
    sample = Sample("", arguments.assignment, "", "reference", {}, (), (), {})
    for student in students:
        hand_in(replace(sample, student=student), ROOT, course.folder / "submitted")
    began = time.perf_counter()
    course.isolation()
    ready = time.perf_counter() - began
    isolated = graded_seconds(course, arguments.assignment, students)
    stock = graded_seconds(Course(ROOT, STATE, unsafe=True), arguments.assignment, students[: 2 + len(students) // 3])
    tests = sum(verdict["seconds"] for verdict in course_row(course, arguments.assignment, students[0]))
    result = {
        "assignment": arguments.assignment,
        "isolated_s": round(statistics.median(isolated), 3),
        "isolated_worst_s": round(max(isolated), 3),
        "stock_s": round(statistics.median(stock), 3),
        "ratio": round(statistics.median(stock) / statistics.median(isolated), 1),
        "of_it_in_the_tests_s": round(tests, 3),
        "start_of_the_warm_process_s": round(ready, 2),
        "one_plain_command_cold_s": round(command_seconds(arguments.assignment, students[0]), 2),
        "submissions": len(isolated),
    }
    print(json.dumps(result, indent=1))


def course_row(course: Course, assignment: str, student: str) -> list[dict]:
    """The verdicts of the first, isolated grading of a student."""
    lines = (course.folder / "history" / assignment / f"{student}.jsonl").read_text(encoding="utf-8").splitlines()
    return json.loads(lines[0])["verdicts"]


if __name__ == "__main__":
    main()
