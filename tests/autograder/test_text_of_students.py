"""Texts of a student's choice, in what people read: few sentences, a table that stays one, an export that quotes."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook

from autograder.course.convert import cause_of
from autograder.course.lifecycle import Course
from autograder.course.row import Row
from autograder.course.table import print_table
from autograder.errors import CourseError, UnreadableSubmission
from autograder.nbgrader_hooks.export import CsvExport
from autograder.nbgrader_hooks.record import history_entry
from autograder.notebooks.assignment import Assignment
from autograder.notebooks.plain_text import LONGEST_SENTENCE, MOST_SENTENCES, few
from autograder.notebooks.repair import repair
from autograder.notebooks.submission import find_submitted, notes, refuse_name
from tests.autograder.conftest import find, solved

VERDICT = {"cell": "test-add", "score": 7, "points": 10, "reason": "wrong", "message": ""}


def test_planted_thousands_of_long_names_make_few_short_sentences(course: Course, assignment: Assignment) -> None:
    notebook = solved(course)
    for number in range(4000):
        cell = new_markdown_cell("x", metadata={"nbgrader": {"grade_id": f"{number} {'lorem ' * 200}"}})
        notebook.cells.append(cell)
    find(notebook, "test-add").source = "pass"
    _, done = repair(notebook, assignment.handout, assignment.sources, assignment.checksums)
    assert len(done) == MOST_SENTENCES + 1
    assert max(map(len, done)) <= LONGEST_SENTENCE
    assert "locked cell 'test-add'" in done[0], "what happened to the release comes first"
    assert done[-1] == f"And {4001 - MOST_SENTENCES:,} more."


def test_planted_sentences_are_cut_and_counted() -> None:
    assert few(["a", "b"], 2) == ["a", "b"]
    assert few(["a", "b", "c", "x" * 1000], 2) == ["a", "b", "And 2 more."]
    assert [len(each) for each in few(["x" * 1000])] == [LONGEST_SENTENCE]


def test_planted_thousands_of_other_notebooks_are_not_all_named(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number}{'x' * 200}.ipynb").touch()
    with pytest.raises(UnreadableSubmission) as error:
        find_submitted(tmp_path / "toy.ipynb")
    assert len(str(error.value)) < 600
    assert "And 295 more" in str(error.value)


BAD_NAMES = [" x", "x ", "a\nb", "a\tb", "\x1b[31mred", "a\u202eb", "a\x7fb", os.fsdecode(b"\xffz"), "\u00a0x"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_planted_names_that_cannot_be_told_from_others_are_refused(name: str) -> None:
    with pytest.raises(CourseError, match="cannot be seen: rename it"):
        refuse_name(name)


def test_planted_what_steers_a_terminal_is_in_no_cause() -> None:
    assert cause_of(OSError(2, "No such file", "a\x1b[2J\u202eb\nc")) == "No such file: a\\u202eb c"


def test_usual_names_are_taken() -> None:
    for name in ("ada", "a,b", "@x", "+x", ":skull:", "ü", "x y", "o'neil", "..hidden", "-rf", "[/bold]"[1:3]):
        refuse_name(name)


def test_planted_a_long_name_hides_no_score(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    long = "firstname.lastname-double@students.university.example.edu"
    rows = [Row("ada", 7, 10, [VERDICT]), Row(long, 6, 10, [VERDICT]), Row("b" * 70, 5, 10, [VERDICT])]
    print_table([*rows, Row(":skull:", 4, 10, [VERDICT]), Row("[red]x", 3, 10, [VERDICT])], "x")
    lines = capsys.readouterr().out.splitlines()
    for score in range(3, 8):
        (line,) = [line for line in lines if f"{score} / 10" in line]
        assert "wrong" in line, "the cause stands beside it"
    cells = [line.split("│")[1].strip() for line in lines if line.startswith("│")]
    assert long in "".join(cells), "the whole name is there"
    assert ":skull:" in cells
    assert "[red]x" in cells
    assert max(map(len, lines)) <= 80


def test_planted_ids_with_commas_and_formulas_shift_and_run_nothing(own_course: Course, tmp_path: Path) -> None:
    ids = ["a,b", '"q"', "@x", "+x", "=1+1", "-rf", "ada"]
    target = tmp_path / "out.csv"
    with Gradebook(own_course.db_url) as gradebook:
        for student in ids:
            gradebook.add_student(student, first_name="A,\nB", last_name="=cmd")
        CsvExport(to=str(target)).export(gradebook)
        CsvExport(to=str(tmp_path / "one.csv"), student=["ada"], assignment=["toy"]).export(gradebook)
    rows = list(csv.DictReader(target.open(newline="")))
    assert {row["student_id"] for row in rows} == {"a,b", '"q"', "'@x", "'+x", "'=1+1", "'-rf", "ada"}
    assert {(row["first_name"], row["last_name"]) for row in rows} == {("A,\nB", "'=cmd")}
    assert {(float(row["score"]), float(row["max_score"])) for row in rows} == {(0, 5)}
    assert [row["student_id"] for row in csv.DictReader((tmp_path / "one.csv").open())] == ["ada"]


def test_planted_long_errors_that_look_like_ours_make_few_marks() -> None:
    output = new_output("error", ename="CellTimeoutError", evalue="y" * 5000, traceback=[])
    cells = [new_code_cell("x", outputs=[output]) for _ in range(500)]
    notebook = new_notebook(cells=cells)
    notes(notebook).evidence = {}
    marks = history_entry(notebook, [], {"notebook": "toy"}, {})["marks"]
    assert len(marks) == MOST_SENTENCES + 1
    assert max(map(len, marks)) <= LONGEST_SENTENCE
