"""Grading a class: one student after another, feedback, and the table."""

from __future__ import annotations

from rich.progress import track

from autograder.course.generate import register
from autograder.course.lifecycle import Course
from autograder.course.table import print_table
from autograder.errors import CourseError


def grade_class(course: Course, assignments: list[str], students: list[str] | None, force: bool) -> bool:
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
