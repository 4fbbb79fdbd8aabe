"""The table of a graded class, for the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.course.row import Row
from autograder.notebooks.plain_text import few, visible

WIDEST_NAME = 20  # characters of a student's id in a line: the scores and the causes have to be seen beside it
MOST_SENTENCES = 8


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
    return "; ".join([*(parts or ["correct"]), *few(row.repairs, MOST_SENTENCES)])


def look(row: Row) -> str:
    """What a person has to look at."""
    return "; ".join(few(row.look, MOST_SENTENCES))


def cells(row: Row) -> list[str]:
    """A row's text. Whatever is in it, there is a line: one student's row never costs the table."""
    try:
        found = summary(row)
        person = look(row)
        return [visible(row.student), *(("-", "-", "-") if not row.verdicts else numbers(row)), found, person]
    except Exception as error:
        return [visible(row.student), "-", "-", "-", f"the row cannot be shown: {type(error).__name__}", ""]


def numbers(row: Row) -> tuple[str, str, str]:
    return f"{row.score:g} / {row.points:g}", f"-{row.penalty:g}" if row.penalty else "", f"{row.total:g}"


def print_table(rows: Iterable[Row], title: str) -> None:
    table = Table(title=title, title_justify="left")
    table.add_column("student", max_width=WIDEST_NAME, overflow="fold")
    for name in ("score", "penalty", "total"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("what the grader found")
    table.add_column("for you to look at")
    for row in rows:
        table.add_row(*map(Text, cells(row)))  # as text: no markup, no name of a picture
    Console().print(table)
