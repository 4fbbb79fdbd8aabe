"""The grader's command line: it parses and calls."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.progress import track

from autograder import demo
from autograder.assignment import self_check
from autograder.course import ROOT, Course
from autograder.errors import CourseError
from autograder.grading import grade_file
from autograder.release import register, release
from autograder.sandbox.engine import Engine
from autograder.table import print_table
from autograder.verdict import Reason


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m autograder", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("course", help="build the book, regenerate the release, grade the bundled samples")
    verbs.add_parser("release", help="regenerate exercises/ from solutions/, if every gate holds")
    grading = verbs.add_parser("grade", help="grade what was handed in, and write the feedback")
    grading.add_argument("assignment", nargs="*", help="such as 05-attention; all of them by default")
    grading.add_argument("--student", action="append", help="only this student; may be given more than once")
    grading.add_argument("--force", action="store_true", help="grade again what has not changed since it was graded")
    grading.add_argument("--unsafe", action="store_true", help="run submissions with your own rights, not isolated")
    checking = verbs.add_parser("check", help="run one's own notebook as the grader will, with the visible tests")
    checking.add_argument("notebook", type=Path, help="such as 05-attention.ipynb")
    return parser.parse_args(arguments)


def grade(course: Course, assignments: list[str], students: list[str] | None, force: bool) -> bool:
    """Grade a class, one student at a time; returns False when the grader itself failed for someone.

    What has not changed since it was graded keeps its verdicts, unless `force`.
    """
    print(course.isolation())
    if unknown := sorted(set(assignments) - set(course.assignments)):
        raise CourseError(f"no such assignment: {', '.join(unknown)} (there are: {', '.join(course.assignments)})")
    register(course, course.unregistered(assignments))
    good = True
    for assignment in assignments:
        chosen = students or course.students(assignment)
        if not chosen:
            print(f"{assignment}: nothing was handed in under {course.state}/submitted/STUDENT/{assignment}/")
            continue
        kept = {} if force else {student: course.unchanged(assignment, student) for student in chosen}
        rows = [
            kept.get(student) or course.autograde(assignment, student)
            for student in track(chosen, description=assignment)
        ]
        course.feedback(assignment, [row.student for row in rows if row.has_notebook])
        print_table(rows, assignment)
        if known := sum(row is not None for row in kept.values()):
            print(f"{known} of {len(rows)} had not changed since they were graded and kept their verdicts (--force).")
        good &= not any(row.error for row in rows)
    return good


def check(notebook: Path) -> bool:
    """A student's own check: the grader's isolation and limits, and the tests that the student can see."""
    assignment = self_check(ROOT / "exercises" / notebook.stem / f"{notebook.stem}.ipynb")
    print(assignment.limits.sentence())
    with Engine(ROOT) as engine:
        grading = grade_file(assignment, notebook, engine)
    for sentence in grading.repairs:
        print(sentence)
    for verdict in grading.verdicts:
        print(f"{verdict.cell}: {verdict.reason}{': ' * bool(verdict.message)}{verdict.message}")
    print("The grader adds tests on other numbers and shapes.")
    return all(verdict.reason is Reason.CORRECT for verdict in grading.verdicts)


def main() -> int:
    arguments = parse()
    try:
        if arguments.verb == "course":
            demo.run()
            return 0
        if arguments.verb == "check":
            return 0 if check(arguments.notebook) else 1
        if arguments.verb == "grade":
            course = Course(unsafe=arguments.unsafe)
            chosen = arguments.assignment or course.assignments
            return 0 if grade(course, chosen, arguments.student, arguments.force) else 1
        course = Course()
        release(course)
        print(f"exercises/ is up to date and registered in {course.state}/")
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
