"""`nbgrader export` to a table (CSV) that every program reads as it is meant.

nbgrader's own plugin joins the values with commas: a comma or a line break in one of them shifts the others, and a
spreadsheet runs what begins like a formula. Ids and names come from folders and lists that others made.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExportPlugin

COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)  # nbgrader's
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a spreadsheet's formulas begin


class CsvExport(ExportPlugin):
    """In place of nbgrader's CsvExportPlugin: the same columns, quoted, and no formulas."""

    def export(self, gradebook: Gradebook) -> None:
        self.log.info("Exporting grades to %s", self.to)
        with open(self.to, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows([plain(value) for value in row] for row in self.rows(gradebook))

    def rows(self, gradebook: Gradebook) -> Iterator[tuple[Any, ...]]:
        """A row for each student and assignment that was asked for; who handed nothing in has zero points."""
        for assignment in gradebook.assignments:
            for student in gradebook.students:
                if self.assignment and assignment.name not in map(str, self.assignment):
                    continue
                if self.student and student.id not in map(str, self.student):
                    continue
                timestamp, score, penalty = None, 0.0, 0.0
                try:
                    submission = gradebook.find_submission(assignment.name, student.id)
                    timestamp, score = submission.timestamp, submission.score
                    penalty = submission.late_submission_penalty or 0.0
                except MissingEntry:
                    pass
                yield (
                    *(assignment.name, assignment.duedate, timestamp),
                    *(student.id, student.last_name, student.first_name, student.email),
                    *(score, penalty, max(0.0, score - penalty), assignment.max_score),
                )


def plain(value: Any) -> Any:
    """A value for a cell. A text that would be a formula gets an apostrophe before it, as spreadsheets have it."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value
