"""Errors of the grader. Each says what was found, what was expected, and what to do."""


class CourseError(Exception):
    """Something on the instructor's side is missing or inconsistent; grading cannot go on."""


class UnreadableSubmission(Exception):
    """A file handed in cannot be read as a notebook; its verdict is a named zero."""
