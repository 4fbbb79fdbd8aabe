"""Grading a class: one student after another, each to a row of the table, with feedback."""

from __future__ import annotations

from dataclasses import replace

from rich.progress import track
from sqlalchemy.exc import DatabaseError

from autograder.course.convert import cause_of
from autograder.course.generate import register
from autograder.course.kept import UNGRADED
from autograder.course.lifecycle import Course
from autograder.course.row import Row
from autograder.course.table import print_table
from autograder.errors import CourseError
from autograder.nbgrader_hooks.basis import FILE
from autograder.notebooks.plain_text import visible

EXPECTED = (UNGRADED, FILE)  # nobody need be told why these were graded


def grade_class(course: Course, assignments: list[str], students: list[str] | None, force: bool) -> bool:
    """Grade a class, one student at a time; returns False when something failed for someone: then the row says what.

    What has not changed since it was graded keeps its verdicts, unless `force`. Nobody else grades in this gradebook
    meanwhile. Ctrl-C (KeyboardInterrupt) passes, after a line that says how far it came.
    """
    print(course.isolation(), flush=True)
    if unknown := sorted(set(assignments) - set(course.assignments)):
        raise CourseError(f"no such assignment: {', '.join(unknown)} (there are: {', '.join(course.assignments)})")
    with course.lock():
        try:
            require_known(course, assignments, students or [])
            register(course, course.unregistered(assignments))
        except DatabaseError as error:
            raise CourseError(
                f"{cause_of(error)} ({course.state}/gradebook.db). Nothing was graded. Run the same command again; if "
                "that does not help, put a copy of the file back, or move it away: then everything is graded anew, and "
                f"{course.state}/history/ keeps what was graded before. Scores and comments given by hand are in the "
                "file only."
            ) from None
        return all([grade_assignment(course, assignment, students, force) for assignment in assignments])


def require_known(course: Course, assignments: list[str], students: list[str]) -> None:
    """Raise CourseError for a student who handed nothing in and is not in the gradebook: a slip of the pen."""
    if not students:
        return
    handed_in = {student for assignment in assignments for student in course.students(assignment)}
    known = handed_in | course.known_students()
    if unknown := sorted(set(students) - known):
        names = ", ".join(map(visible, sorted(known))) or "nobody yet"
        raise CourseError(f"no such student: {', '.join(unknown)} (there are: {names}). Nothing was graded.")


def grade_assignment(course: Course, assignment: str, students: list[str] | None, force: bool) -> bool:
    handed_in = course.students(assignment)
    chosen = handed_in if students is None else [student for student in students if student in handed_in]
    for student in sorted(set(students or []) - set(chosen)):
        print(f"{assignment}: {student} has handed nothing in")
    if not handed_in:
        print(f"{assignment}: nothing was handed in under {course.state}/submitted/STUDENT/{assignment}/")
    if not chosen:
        return True
    rows: list[Row] = []
    kept = 0
    try:
        for student in track(chosen, description=assignment):
            row, graded = grade_student(course, assignment, student, force)
            rows.append(row)
            kept += not graded
    except KeyboardInterrupt:
        print(
            f"\n{assignment}: stopped by Ctrl-C when {len(rows)} of {len(chosen)} were done; whoever was being graded "
            "keeps the score from before. The same command goes on from here."
        )
        raise
    print_table(rows, assignment)
    if kept:
        print(f"{kept} of {len(rows)} had not changed since they were graded and kept their verdicts (--force).")
    return not any(row.error for row in rows)


def grade_student(course: Course, assignment: str, student: str, force: bool) -> tuple[Row, bool]:
    """The row of one student, with feedback written, and whether the submission was graded."""
    changed, remarks = ([], []) if force else course.standing(assignment, student)
    graded = force or bool(changed)
    if changed and changed[0] not in EXPECTED:
        remarks = [f"graded again because of: {', '.join(changed)}"]
    row = Row(student)
    try:
        row = course.autograde(assignment, student) if graded else course.row(assignment, student)
        if row.has_notebook and not row.error:
            course.feedback(assignment, [student])
    except Exception as error:
        row = replace(row, error=cause_of(error))
    return replace(row, look=[*row.look, *remarks]), graded
