"""The promises to a class, through the commands that an instructor runs, on the toy course."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.course.lifecycle import Course
from tests.autograder.conftest import find, hand_in, solved

NBGRADER = str(Path(sys.executable).parent / "nbgrader")
FULL, HALF = 5.0, 2.0


def nbgrader(course: Course, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A plain nbgrader command in the course's folder."""
    return subprocess.run([NBGRADER, *arguments], cwd=course.root, capture_output=True, text=True)


def change(course: Course, student: str):
    """A full-marks notebook, changed the way that `student` names."""
    notebook = solved(course)
    cells = notebook.cells
    at = {cell.id: index for index, cell in enumerate(cells)}
    match student:
        case "wrong":
            find(notebook, "largest").source = "def largest(numbers):\n    return numbers[1]"
        case "test-copied":
            cells.insert(at["test-add"] + 1, cells[at["test-add"]].copy())
        case "test-deleted":
            del cells[at["test-add"]]
        case "answer-deleted":
            del cells[at["add"]]
        case "everything-deleted":
            cells.clear()
        case "test-edited":
            find(notebook, "test-largest").source = "pass"
            find(notebook, "largest").source = "def largest(numbers):\n    return 0"
        case "points-changed":
            find(notebook, "test-add").metadata.nbgrader.points = 99
        case "grade-false":
            find(notebook, "test-add").metadata.nbgrader.grade = False
        case "type-changed":
            test = cells[at["test-add"]]
            cells[at["test-add"]] = new_markdown_cell(test.source, metadata=test.metadata)
        case "extra-graded":
            cells.append(new_code_cell("1", metadata={"nbgrader": {"grade": True, "grade_id": "mine", "points": 50}}))
        case "metadata-nonsense":
            cells.insert(0, new_code_cell("2", metadata={"nbgrader": "not a dict"}))
            find(notebook, "add").metadata.nbgrader = {"grade_id": "add", "schema_version": "old"}
        case "reordered":
            cells.insert(1, cells.pop(at["test-largest"]))
        case "skip-tag":
            find(notebook, "largest").source = "def largest(numbers):\n    return 0"
            find(notebook, "test-largest").metadata.tags = ["skip-execution", "raises-exception"]
        case "warns":
            find(
                notebook, "add"
            ).source = "import sys\ndef add(a, b):\n    print('warning', file=sys.stderr)\n    return a + b"
        case "display-hook":
            find(
                notebook, "largest"
            ).source = "def largest(numbers):\n    get_ipython().displayhook(3.0)\n    return 42"
        case "exits":
            find(notebook, "add").source = "import os\ndef add(a, b):\n    os._exit(0)"
        case "syntax-error":
            find(notebook, "add").source = "def add(a, b:\n    return a + b"
        case "forbidden":
            find(notebook, "largest").source = "def largest(numbers):\n    return max(numbers)"
        case "forbidden-indirectly":
            cells.insert(2, new_code_cell("best = max"))
            find(notebook, "largest").source = "def largest(numbers):\n    return best(numbers)"
        case "compares-in-own-cell":
            cells.append(new_code_cell("print(largest([1, 2]) == max([1, 2]))"))
        case "untouched":
            return (course.root / "exercises" / "toy" / "toy.ipynb").read_text()
        case "not-json":
            return "not a notebook"
        case "empty-file":
            return ""
        case "binary":
            return bytes(range(256))
        case "json-but-no-notebook":
            return json.dumps({"cells": 3})
        case "deeply-nested":
            return "[" * 100_000
        case "with-bom":
            return "\ufeff".encode() + json.dumps(notebook).encode()
        case "full":
            pass
        case _:
            raise ValueError(student)
    return notebook


EXPECTED = {  # student -> (score, reason of test-add, reason of test-largest)
    "full": (5, "correct", "correct"),
    "wrong": (2, "correct", "wrong"),
    "untouched": (0, "not attempted", "not attempted"),
    "test-copied": (5, "correct", "correct"),
    "test-deleted": (5, "correct", "correct"),
    "answer-deleted": (3, "not attempted", "correct"),
    "everything-deleted": (0, "not attempted", "not attempted"),
    "test-edited": (2, "correct", "wrong"),
    "points-changed": (5, "correct", "correct"),
    "grade-false": (5, "correct", "correct"),
    "type-changed": (5, "correct", "correct"),
    "extra-graded": (5, "correct", "correct"),
    "metadata-nonsense": (5, "correct", "correct"),
    "reordered": (5, "correct", "correct"),
    "skip-tag": (2, "correct", "wrong"),
    "warns": (5, "correct", "correct"),
    "display-hook": (2, "correct", "wrong"),
    "exits": (0, "crashed", "crashed"),
    "syntax-error": (3, "crashed", "correct"),
    "forbidden": (2, "correct", "forbidden call"),
    "forbidden-indirectly": (2, "correct", "forbidden call"),
    "compares-in-own-cell": (5, "correct", "correct"),
    "not-json": (0, "unreadable", "unreadable"),
    "empty-file": (0, "unreadable", "unreadable"),
    "binary": (0, "unreadable", "unreadable"),
    "json-but-no-notebook": (0, "unreadable", "unreadable"),
    "deeply-nested": (0, "unreadable", "unreadable"),
    "with-bom": (5, "correct", "correct"),
    "renamed": (5, "correct", "correct"),
    "other-files-only": (0, "unreadable", "unreadable"),
}


@pytest.fixture(scope="module")
def graded(course: Course) -> Course:
    """A class with every kind of submission, graded by one plain command."""
    for student in EXPECTED:
        if student == "renamed":
            hand_in(course, student, solved(course), "toy (1).ipynb")
        elif student == "other-files-only":
            for name in ("a.ipynb", "b.ipynb"):
                hand_in(course, student, solved(course), name)
        else:
            hand_in(course, student, change(course, student))
    before = {path: path.read_bytes() for path in course.folder.glob("submitted/*/*/*")}
    result = nbgrader(course, "autograde", "toy")
    assert result.returncode == 0, result.stderr[-3000:]
    assert "honour system" not in result.stderr, "without isolation, it must not run"
    assert before == {path: path.read_bytes() for path in course.folder.glob("submitted/*/*/*")}, "a file was changed"
    return course


@pytest.mark.parametrize("student", EXPECTED)
def test_every_submission_ends_in_the_verdict_it_deserves(graded: Course, student: str) -> None:
    row = graded.row("toy", student)
    reasons = {verdict["cell"]: verdict["reason"] for verdict in row.verdicts}
    assert (row.score, reasons["test-add"], reasons["test-largest"]) == EXPECTED[student], row


@pytest.mark.parametrize(
    ("student", "words"),
    [
        ("test-copied", "more than once"),
        ("test-deleted", "was missing; it was put back"),
        ("test-edited", "had been changed; it was restored"),
        ("type-changed", "its type was restored"),
        ("extra-graded", "is not part of the assignment"),
        ("reordered", "put back in its place"),
        ("renamed", "handed in as"),
    ],
)
def test_every_repair_is_reported(graded: Course, student: str, words: str) -> None:
    assert words in " ".join(graded.row("toy", student).repairs)


def test_an_answer_cell_that_stopped_is_named_instead_of_the_name_it_did_not_define(graded: Course) -> None:
    [message] = [v["message"] for v in graded.row("toy", "syntax-error").verdicts if v["cell"] == "test-add"]
    assert "The answer cell itself stopped with SyntaxError" in message


def test_feedback_shows_verdict_and_message_but_no_test(graded: Course) -> None:
    students = ["wrong", "forbidden", "not-json", "test-deleted", "full"]
    for student in students:
        assert nbgrader(graded, "generate_feedback", "toy", "--student", student).returncode == 0
        page = (graded.folder / "feedback" / student / "toy" / "toy.html").read_text()
        assert "secret_pairs" not in page
        assert "HIDDEN TESTS" not in page
        assert "Traceback" not in page
        assert "assert " not in page
    read = {s: (graded.folder / "feedback" / s / "toy" / "toy.html").read_text() for s in students}
    assert "test-largest: wrong" in read["wrong"]
    assert "it fails when every number is negative: section 2" in read["wrong"]
    assert "The task asks you to do without: max." in read["forbidden"]
    assert "its text is not JSON" in read["not-json"]
    assert "test-add: correct" in read["full"]
    assert "was missing; it was put back" in read["test-deleted"]


def test_export_holds_every_student_once_with_the_score_of_the_verdicts(graded: Course) -> None:
    assert nbgrader(graded, "export").returncode == 0
    rows = list(csv.DictReader((graded.folder / "grades.csv").open()))
    assert {row["student_id"]: float(row["score"]) for row in rows} == {s: e[0] for s, e in EXPECTED.items()}
    assert len(rows) == len(EXPECTED)


def test_a_second_hand_in_never_keeps_the_first_ones_score(own_course: Course) -> None:
    hand_in(own_course, "ada", solved(own_course))
    assert own_course.autograde("toy", "ada").score == FULL
    hand_in(own_course, "ada", "not a notebook")
    assert nbgrader(own_course, "autograde", "toy").returncode == 0
    assert own_course.row("toy", "ada").score == 0
    history = (own_course.folder / "history" / "toy" / "ada.jsonl").read_text().splitlines()
    scores = [sum(verdict["score"] for verdict in json.loads(line)["verdicts"]) for line in history]
    assert scores == [FULL, 0], "a regrade adds to the history and replaces nothing"


def test_student_text_reaches_the_feedback_only_as_text(own_course: Course) -> None:
    notebook = solved(own_course)
    attack = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    notebook.cells += [
        new_markdown_cell(attack + "\n\n![beacon](https://evil.example/pixel.png)\n\n```\n" + attack),
        new_code_cell(f"from IPython.display import HTML, SVG, Javascript, display\ndisplay(HTML({attack!r}))\n"
                      f"display(Javascript('alert(3)'))\nprint({attack!r})\nraise ValueError({attack!r})"),
    ]  # fmt: skip
    find(notebook, "add").source = f"def add(a, b):\n    raise ValueError({attack!r})"
    hand_in(own_course, "eve", notebook)
    assert own_course.autograde("toy", "eve").score == FULL - HALF
    own_course.feedback("toy", ["eve"])
    page = (own_course.folder / "feedback" / "eve" / "toy" / "toy.html").read_text()
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page, "what the student wrote should still be readable"


def test_feedback_loads_nothing_from_a_network(graded: Course) -> None:
    graded.feedback("toy", ["full"])
    page = (graded.folder / "feedback" / "full" / "toy" / "toy.html").read_text()
    assert not re.search(r"""(src|href)=["']?(https?:)?//|@import|url\(""", page)


def test_planted_no_print_stops_the_feedback_of_a_class(own_course: Course) -> None:
    """A colour that nbconvert does not know, shown now, or graded before outputs were cleaned."""
    notebook = solved(own_course)
    loud = "print('\\x1b[38mhi \\u202e'); print('y' * 900_000); raise type('\\x1b[38mE', (Exception,), {})('\\x1b[38m')"
    notebook.cells += [new_code_cell(loud), new_code_cell("z = '" + "z" * 1_000_000 + "'")]
    hand_in(own_course, "eve", notebook)
    assert own_course.autograde("toy", "eve").score == FULL
    own_course.feedback("toy", ["eve"])
    page = own_course.folder / "feedback" / "eve" / "toy" / "toy.html"
    text = page.read_text()
    assert "hi \\u202e" in text
    assert "characters more]" in text
    assert len(text) < 200_000
    graded = own_course.folder / "autograded" / "eve" / "toy" / "toy.ipynb"
    graded.chmod(0o644)
    graded.write_text(graded.read_text().replace("hi \\\\u202e", "\\u001b[38mold"))
    own_course.feedback("toy", ["eve"])
    assert ">old\n" in page.read_text()
