"""The release gate on the toy course: what it lets through, what it refuses, and that a refusal changes nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_output

from autograder.course.lifecycle import ROOT, Course
from autograder.errors import CourseError
from autograder.notebooks.manifest import sha256
from autograder.notebooks.source import read_source
from autograder.release import gate as gate
from autograder.release.gate import release
from autograder.release.leaks import leaks, needles, read_allowed
from tests.autograder.conftest import find, hand_in, nbgrader_cell, solved


def source_path(course: Course) -> Path:
    return course.root / "solutions" / "toy" / "toy.ipynb"


def edit(course: Course, change) -> None:
    notebook = nbformat.read(source_path(course), as_version=4)
    change(notebook)
    nbformat.write(notebook, source_path(course))


def exercises(course: Course) -> dict[str, bytes]:
    folder = course.root / "exercises"
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def refused(course: Course, words: str) -> None:
    """The gate refuses with these words, and the old release stands byte for byte."""
    before = exercises(course)
    with pytest.raises(CourseError, match=words):
        release(course, with_bank=False)
    assert exercises(course) == before


def test_a_release_holds_no_answer_and_a_manifest_of_every_cell(own_course: Course) -> None:
    release(own_course, with_bank=False)
    text = (own_course.root / "exercises/toy/toy.ipynb").read_text()
    assert "return a + b" not in text
    assert "secret_pairs" not in text
    entry = json.loads((own_course.root / "exercises/manifest.json").read_text())["assignments"]["toy"]
    assert entry["points"] == 5
    assert set(entry["cells"]) == {"setup", "add", "test-add", "largest", "test-largest"}
    full = find(nbformat.read(source_path(own_course), as_version=4), "test-add").source
    assert entry["tests"]["test-add"] == sha256(full)


def test_regenerating_changes_no_byte(own_course: Course) -> None:
    release(own_course, with_bank=False)
    before = exercises(own_course)
    release(own_course, with_bank=False)
    assert exercises(own_course) == before


def test_planted_a_stray_file_is_refused(own_course: Course) -> None:
    (source_path(own_course).parent / "answers.txt").write_text("42")
    refused(own_course, "unknown files answers.txt")


def test_planted_a_cell_that_does_not_compile_is_refused(own_course: Course) -> None:
    edit(own_course, lambda n: n.cells.append(nbformat.v4.new_code_cell("def broken(:")))
    refused(own_course, "does not compile")


def test_planted_a_breach_of_the_contract_is_refused(own_course: Course) -> None:
    def change(notebook) -> None:
        find(notebook, "test-add").source += "\nimport os\ndone = os.sep"

    edit(own_course, change)
    refused(own_course, "import of os")


def test_planted_a_hidden_test_in_a_chapter_is_refused(own_course: Course) -> None:
    (own_course.root / "book").mkdir()
    (own_course.root / "book" / "page.md").write_text('assert add(a, b) == a + b, "negative numbers are not added')
    edit(own_course, lambda n: None)
    line = 'assert add(a, b) == a + b, "negative numbers are not added: section 1"'
    (own_course.root / "book" / "page.md").write_text(f"Look:   {line}\n")
    refused(own_course, "leak in book/page.md")


def test_planted_a_second_generation_that_differs_is_refused(own_course: Course, monkeypatch) -> None:
    monkeypatch.setattr(gate, "same_bytes", lambda one, other: False)
    refused(own_course, "a second generation differs")


def test_an_incomplete_bank_is_refused(own_course: Course) -> None:
    (own_course.root / "bank" / "toy").mkdir(parents=True)
    before = exercises(own_course)
    with pytest.raises(CourseError, match="0 mistakes in the bank"):
        release(own_course)
    assert exercises(own_course) == before


def test_with_submissions_a_changed_test_is_released_and_regrades(own_course: Course) -> None:
    hand_in(own_course, "ada", solved(own_course))
    assert own_course.autograde("toy", "ada").score == 5

    def change(notebook) -> None:
        cell = find(notebook, "test-add")
        cell.source = cell.source.replace("== a + b,", "== a + b + 1,")

    edit(own_course, change)
    release(own_course, with_bank=False)
    assert own_course.autograde("toy", "ada").score == 3


def test_with_submissions_an_added_cell_is_refused_by_name(own_course: Course) -> None:
    hand_in(own_course, "ada", solved(own_course))
    own_course.autograde("toy", "ada")
    edit(own_course, lambda n: n.cells.append(nbgrader_cell("extra = 1", "another")))
    refused(own_course, "the cell 'another' is new")


def test_with_submissions_a_removed_cell_is_refused_by_name(own_course: Course) -> None:
    hand_in(own_course, "ada", solved(own_course))
    own_course.autograde("toy", "ada")
    edit(own_course, lambda n: n.cells.remove(find(n, "setup")))
    refused(own_course, "the cell 'setup' is gone")


def test_a_release_killed_half_way_leaves_the_old_one(own_course: Course) -> None:
    release(own_course, with_bank=False)
    before = exercises(own_course)
    edit(own_course, lambda n: n.cells.append(nbformat.v4.new_markdown_cell("more")))
    for wait in (0.5, 3.0, 4.5):
        code = "import sys; from pathlib import Path; from autograder.course.lifecycle import Course; "
        code += "from autograder.release.gate import release; release(Course(Path(sys.argv[1]), 'gradebook'), False)"
        command = [sys.executable, "-c", code, str(own_course.root)]
        child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(wait)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        after = exercises(own_course)
        assert after == before or b"more" in after["toy/toy.ipynb"], "neither the old release nor the whole new one"
        assert after.keys() == before.keys()


def secrets(course: Course):
    return needles(read_source(source_path(course)))


def test_leaks_are_found_in_highlighted_html(own_course: Course, tmp_path: Path) -> None:
    """The highlighter splits a line into spans: a search of the raw HTML finds nothing."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    line = 'assert largest([-5, -7]) == -5, "it fails when every number is negative: section 2"'
    page = highlight(line, PythonLexer(), HtmlFormatter(full=True))
    assert line not in page
    (tmp_path / "page.html").write_text(page)
    assert any("test-largest" in leak for leak in leaks(tmp_path, secrets(own_course)))


def test_leaks_are_found_in_an_output_in_metadata_and_in_runs_of_short_lines(
    own_course: Course, tmp_path: Path
) -> None:
    run = "best = numbers[0]\nfor number in numbers:\n        if number > best:"
    for place in ("output", "metadata", "source"):
        notebook = solved(own_course)
        cell = find(notebook, "setup")
        if place == "output":
            cell.outputs = [new_output("stream", text=run)]
        elif place == "metadata":
            cell.metadata["note"] = run
        else:
            cell.source = run
        find(notebook, "largest").source = "pass"
        folder = tmp_path / place
        folder.mkdir()
        nbformat.write(notebook, folder / "n.ipynb")
        assert any("toy/largest" in leak for leak in leaks(folder, secrets(own_course))), place


def test_a_region_marker_is_a_leak_and_an_allowed_text_is_not(own_course: Course, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("### BEGIN SOLUTION")
    assert "region marker" in leaks(tmp_path, [])[0]
    line = 'assert largest([-5, -7]) == -5, "it fails when every number is negative: section 2"'
    assert line in [needle.text for needle in secrets(own_course)]
    assert line not in [needle.text for needle in needles(read_source(source_path(own_course)), [line])]
    (tmp_path / "allowed.toml").write_text('[[allow]]\ntext = "x"\nreason = ""\n')
    with pytest.raises(CourseError, match="needs a reason"):
        read_allowed(tmp_path / "allowed.toml")


def test_the_committed_release_and_chapters_hold_no_leak() -> None:
    for path in sorted(ROOT.glob("solutions/*/*.ipynb")):
        allowed = read_allowed(ROOT / "bank" / path.parent.name / "allowed.toml")
        secret = needles(read_source(path), allowed)
        assert secret, "a source without secrets proves nothing"
        assert [leak for folder in ("exercises", "book") for leak in leaks(ROOT / folder, secret)] == []
