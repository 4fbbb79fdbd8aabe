"""The grader's command line: it parses and calls."""

from __future__ import annotations

import argparse
import sys

from rich.progress import track

from autograder import demo
from autograder.course import Course
from autograder.errors import CourseError
from autograder.execute import PLAINLY
from autograder.release import register, release
from autograder.table import print_table


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m autograder", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("course", help="build the book, regenerate the release, grade the bundled samples")
    verbs.add_parser("release", help="regenerate exercises/ from solutions/, if every gate holds")
    grading = verbs.add_parser("grade", help="grade what was handed in, and write the feedback")
    grading.add_argument("assignment", nargs="*", help="such as 05-attention; all of them by default")
    grading.add_argument("--student", action="append", help="only this student; may be given more than once")
    return parser.parse_args(arguments)


def grade(course: Course, assignments: list[str], students: list[str] | None) -> bool:
    """Grade a class, one student at a time; returns False when the grader itself failed for someone."""
    print(PLAINLY)
    if unknown := sorted(set(assignments) - set(course.assignments)):
        raise CourseError(f"no such assignment: {', '.join(unknown)} (there are: {', '.join(course.assignments)})")
    register(course, course.unregistered(assignments))
    good = True
    for assignment in assignments:
        chosen = students or course.students(assignment)
        if not chosen:
            print(f"{assignment}: nothing was handed in under {course.state}/submitted/STUDENT/{assignment}/")
            continue
        rows = [course.autograde(assignment, student) for student in track(chosen, description=assignment)]
        course.feedback(assignment, [row.student for row in rows if not row.error])
        print_table(rows, assignment)
        good &= not any(row.error for row in rows)
    return good


def main() -> int:
    arguments = parse()
    try:
        if arguments.verb == "course":
            demo.run()
            return 0
        course = Course()
        if arguments.verb == "grade":
            return 0 if grade(course, arguments.assignment or course.assignments, arguments.student) else 1
        release(course)
        print(f"exercises/ is up to date and registered in {course.state}/")
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
