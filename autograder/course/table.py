"""The table of a graded class, for the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.course.lifecycle import Row


def summary(row: Row) -> str:
    """One line on a row: what failed and why, then what was repaired."""
    if row.error:
        return f"the grader failed: {row.error}"
    reasons: dict[str, list[str]] = {}
    for verdict in row.verdicts:
        if verdict["reason"] == "unreadable":
            return f"unreadable: {verdict['message']}"
        if verdict["reason"] != "correct":
            reasons.setdefault(verdict["reason"], []).append(verdict["cell"])
    everything = [reason for reason, cells in reasons.items() if len(cells) == len(row.verdicts)]
    parts = everything or [f"{', '.join(cells)}: {reason}" for reason, cells in reasons.items()]
    return "; ".join([*(parts or ["correct"]), *row.repairs])


def print_table(rows: Iterable[Row], title: str) -> None:
    table = Table(title=title, title_justify="left")
    table.add_column("student", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("what the grader found")
    for row in rows:
        score = "-" if row.error else f"{row.score:g} / {row.points:g}"
        table.add_row(escape(row.student), score, escape(summary(row)))
    Console().print(table)
