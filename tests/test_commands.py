"""The commands that people run, in a copy of the committed tree with nothing activated."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.demo.samples import hand_in, read_samples
from autograder.notebooks.source import read_source
from autograder.release.leaks import leaks, needles, read_allowed

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("GRADEBOOK", "VIRTUAL_ENV")}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tracked files of the working tree in a folder of their own, with `.venv` pointing to this environment."""
    target = tmp_path_factory.mktemp("clone")
    listed = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    (target / ".venv").symlink_to(sys.prefix)
    return target


def sh(clone: Path, command: str) -> str:
    result = subprocess.run(["bash", "-euc", command], cwd=clone, env=ENVIRONMENT, capture_output=True, text=True)
    assert result.returncode == 0, f"{command}\n{result.stdout[-2000:]}\n{result.stderr[-4000:]}"
    return result.stdout + result.stderr


def scores(clone: Path) -> dict[str, float]:
    with (clone / "gradebook" / "grades.csv").open() as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_plain_commands_of_nbgrader_work_in_order(clone: Path) -> None:
    before = tree(clone / "exercises")
    sh(clone, ".venv/bin/nbgrader generate_assignment 05-attention")
    assert tree(clone / "exercises") == before, "the committed release is not what its source generates"
    samples = {sample.student: sample for sample in read_samples(clone / "samples")}
    for name in ("full-marks", "not-json"):
        hand_in(samples[name], clone, clone / "gradebook" / "submitted")
    assert "honour system" not in sh(clone, ".venv/bin/nbgrader autograde 05-attention")
    sh(clone, ".venv/bin/nbgrader generate_feedback 05-attention")
    sh(clone, ".venv/bin/nbgrader export")
    assert scores(clone) == {"full-marks": 16.0, "not-json": 0.0}
    assert (clone / "gradebook/feedback/full-marks/05-attention/05-attention.html").is_file()


def test_every_command_of_the_instructors_guide_runs(clone: Path) -> None:
    guide = (clone / "book" / "instructor.md").read_text(encoding="utf-8")
    commands = re.findall(r"^```bash\n(.*?)^```", guide, re.S | re.M)
    assert len(commands) >= 6
    for command in commands:
        sh(clone, command)
    assert scores(clone)["ada"] == 0.0


def test_the_book_builds_by_its_plain_command(clone: Path) -> None:
    sh(clone, ".venv/bin/jupyter-book build .")
    assert (clone / "_build" / "html" / "book" / "05-attention.html").is_file()


def test_make_course_grades_the_samples_as_their_cases_say_and_leaves_the_class_alone(clone: Path) -> None:
    before = tree(clone / "gradebook"), tree(clone / "exercises")
    output = sh(clone, ".venv/bin/python -m autograder course")
    for sample in read_samples(clone / "samples"):
        assert sample.student in output
    assert "index.html" in output
    assert (tree(clone / "gradebook"), tree(clone / "exercises")) == before


def test_the_text_view_round_trips_and_executes_only_what_changed(clone: Path) -> None:
    before = tree(clone / "book") | tree(clone / "solutions")
    sh(clone, ".venv/bin/python tools/notebooks.py text")
    assert "wrote" not in sh(clone, ".venv/bin/python tools/notebooks.py notebooks")
    for text in (clone / ".text").rglob("*.md"):  # as if edited, with the same words
        text.write_text(text.read_text(encoding="utf-8"), encoding="utf-8")
        os.utime(text, (text.stat().st_mtime + 10, text.stat().st_mtime + 10))
    output = sh(clone, ".venv/bin/python tools/notebooks.py notebooks")
    assert "wrote" in output
    assert "executing" not in output
    assert tree(clone / "book") | tree(clone / "solutions") == before


def test_an_edited_text_reaches_its_notebook_executed(clone: Path) -> None:
    sh(clone, ".venv/bin/python tools/notebooks.py text")
    text = clone / ".text" / "book" / "setup.md"
    text.write_text(
        text.read_text(encoding="utf-8") + "\n```{code-cell} ipython3\nprint(6 * 7)\n```\n", encoding="utf-8"
    )
    os.utime(text, (text.stat().st_mtime + 10, text.stat().st_mtime + 10))
    assert "executing book/setup.ipynb" in sh(clone, ".venv/bin/python tools/notebooks.py notebooks")
    cell = json.loads((clone / "book" / "setup.ipynb").read_text(encoding="utf-8"))["cells"][-1]
    assert "".join(cell["outputs"][0]["text"]) == "42\n"


def test_the_built_site_holds_no_secret_even_beside_texts_and_submissions(clone: Path) -> None:
    """The text view of the solutions, graded submissions and the bank lie in the tree while the site is built."""
    sh(clone, ".venv/bin/python tools/notebooks.py text")
    assert (clone / ".text" / "solutions").is_dir()
    assert list((clone / "gradebook").glob("autograded/*/*/*.ipynb"))
    shutil.rmtree(clone / "_build")
    sh(clone, ".venv/bin/jupyter-book build .")
    for path in sorted(clone.glob("solutions/*/*.ipynb")):
        allowed = read_allowed(clone / "bank" / path.parent.name / "allowed.toml")
        assert leaks(clone / "_build" / "html", needles(read_source(path), allowed)) == []


def test_planted_a_solution_in_the_table_of_contents_is_found_in_the_site(clone: Path) -> None:
    toc = clone / "_toc.yml"
    text = toc.read_text(encoding="utf-8")
    config = clone / "_config.yml"
    settings = config.read_text(encoding="utf-8")
    try:
        toc.write_text(text + "      - file: solutions/05-attention/05-attention\n", encoding="utf-8")
        config.write_text(settings.replace("  - solutions\n", ""), encoding="utf-8")
        sh(clone, ".venv/bin/jupyter-book build .")
        secret = needles(read_source(clone / "solutions" / "05-attention" / "05-attention.ipynb"))
        found = leaks(clone / "_build" / "html", secret)
    finally:
        toc.write_text(text, encoding="utf-8")
        config.write_text(settings, encoding="utf-8")
    assert any(leak.startswith("solutions/05-attention/05-attention.html") for leak in found)
    assert any(leak.startswith("_sources/") for leak in found)
