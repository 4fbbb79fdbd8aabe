"""Running nbgrader's conversions for one student each: what goes wrong comes back as one line."""

from __future__ import annotations

import logging
import sys

import sqlalchemy.exc
from nbgrader.apps import NbGraderAPI
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.utils import temp_attrs

from autograder.errors import CourseError, UnreadableSubmission
from autograder.notebooks.plain_text import visible

LONGEST = 300


class Causes(logging.Handler):
    """Collects the exceptions that nbgrader logs and swallows, and what it says of errors otherwise."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = sys.exc_info()[1]
        self.found.append(cause_of(error) if error is not None else one_line(record.getMessage()))


def convert(kind: type[BaseConverter], api: NbGraderAPI, assignment: str, student: str) -> str:
    """Run a conversion of nbgrader's for one student; empty, or why it failed. Ctrl-C passes."""
    causes = Causes()
    with temp_attrs(api.coursedir, assignment_id=assignment, student_id=student):
        converter = kind(coursedir=api.coursedir, parent=api)
        converter.force = True
        converter.log.addHandler(causes)
        try:
            converter.start()
        except NbGraderException as error:  # its cause was logged
            return (causes.found or [cause_of(error)])[0]
        except SystemExit:  # nbgrader's way to refuse a timestamp
            return (causes.found or ["nbgrader gave up and did not say why"])[0]
        except Exception as error:
            return cause_of(error)
        finally:
            converter.log.removeHandler(causes)
    return ""


def cause_of(error: BaseException) -> str:
    """An exception in one line."""
    if isinstance(error, CourseError | UnreadableSubmission):
        return one_line(str(error))
    if isinstance(error, sqlalchemy.exc.DBAPIError):
        return one_line(f"the gradebook: {error.orig}")
    if isinstance(error, OSError) and error.strerror:
        return one_line(f"{error.strerror}{': ' * bool(error.filename)}{error.filename or ''}")
    return one_line(f"{type(error).__name__}{': ' * bool(str(error))}{error}")


def one_line(text: str) -> str:
    line = " ".join(visible(text).split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
