"""The grader's command line: it parses and calls."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from autograder.errors import CourseError


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


def main() -> int:
    """Run one verb: 0 when it did what was asked, 1 with one clear line when it could not."""
    arguments = parse()
    try:
        return run(arguments)
    except CourseError as error:
        print(error, file=sys.stderr)
    except KeyboardInterrupt:
        print("Stopped by Ctrl-C.", file=sys.stderr)
        return 130
    except ModuleNotFoundError as error:
        library = (error.name or "autograder").split(".")[0]
        if library == "autograder":  # our own fault, not of what is installed
            raise
        print(
            f"{library} is missing. Install what the grader needs: "
            "pip install 'transformer-from-the-ground-up[grader]'",
            file=sys.stderr,
        )
    return 1


def run(arguments: argparse.Namespace) -> int:
    """The verb itself. Imports stand here, so that `--help` needs nothing but Python."""
    from autograder.course.check import self_check
    from autograder.course.grade import grade_class
    from autograder.course.lifecycle import Course
    from autograder.demo.sample_class import grade_sample_class
    from autograder.release.gate import release

    if arguments.verb == "course":
        grade_sample_class()
        return 0
    if arguments.verb == "check":
        return 0 if self_check(arguments.notebook) else 1
    if arguments.verb == "grade":
        course = Course(unsafe=arguments.unsafe)
        chosen = arguments.assignment or course.assignments
        return 0 if grade_class(course, chosen, arguments.student, arguments.force) else 1
    course = Course()
    release(course)
    print(f"exercises/ is up to date and registered in {course.state}/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
