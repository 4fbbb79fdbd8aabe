"""nbgrader's plain commands and those of the instructor's guide, in a copy of the tree with nothing activated.

The course has one assignment here, so that the time does not grow with the book. That the gate holds for all of them
is shown by the tests of the bank, cell by cell, and by `make course`, which releases them all.
"""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest

from autograder.demo.samples import hand_in, read_samples
from tests.conftest import copy_tracked, sh, tree

ASSIGNMENT = "05-attention"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree of a course whose only assignment is the one that the guide names."""
    target = tmp_path_factory.mktemp("course")
    copy_tracked(target)
    for folder in [*target.glob("solutions/*/"), *target.glob("bank/*/"), *target.glob("exercises/*/")]:
        if folder.name != ASSIGNMENT:
            shutil.rmtree(folder)
    return target


def scores(course: Path) -> dict[str, float]:
    with (course / "gradebook" / "grades.csv").open() as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


def test_the_plain_commands_of_nbgrader_work_in_order(course: Path) -> None:
    before = tree(course / "exercises")
    sh(course, f".venv/bin/nbgrader generate_assignment {ASSIGNMENT}")
    assert tree(course / "exercises") == before, "the committed release is not what its source generates"
    samples = {sample.student: sample for sample in read_samples(course / "samples")}
    for name in ("full-marks", "not-json"):
        hand_in(samples[name], course, course / "gradebook" / "submitted")
    assert "honour system" not in sh(course, f".venv/bin/nbgrader autograde {ASSIGNMENT}")
    sh(course, f".venv/bin/nbgrader generate_feedback {ASSIGNMENT}")
    sh(course, ".venv/bin/nbgrader export")
    assert scores(course) == {"full-marks": 16.0, "not-json": 0.0}
    assert (course / f"gradebook/feedback/full-marks/{ASSIGNMENT}/{ASSIGNMENT}.html").is_file()


def test_every_command_of_the_instructors_guide_runs(course: Path) -> None:
    guide = (course / "book" / "instructor.md").read_text(encoding="utf-8")
    commands = re.findall(r"^```bash\n(.*?)^```", guide, re.S | re.M)
    assert len(commands) >= 6
    before = tree(course / "exercises" / ASSIGNMENT)
    for command in commands:
        sh(course, command)
    assert tree(course / "exercises" / ASSIGNMENT) == before, "the gate releases what is committed"
    assert scores(course)["ada"] == 0.0


def test_git_does_not_see_what_a_class_leaves_whatever_its_folder_is_called(course: Path) -> None:
    sh(course, "git init -q . && git add -A && git -c user.name=T -c user.email=t@example.org commit -qm all")
    in_spring = "export GRADEBOOK=spring PATH=$PWD/.venv/bin:$PATH; "
    sh(course, in_spring + f"mkdir -p spring/submitted/ada && cp -r exercises/{ASSIGNMENT} spring/submitted/ada")
    sh(course, in_spring + f"nbgrader generate_assignment {ASSIGNMENT} && nbgrader autograde {ASSIGNMENT}")
    sh(course, in_spring + f"nbgrader generate_feedback {ASSIGNMENT} && nbgrader export")
    assert (course / f"spring/feedback/ada/{ASSIGNMENT}/{ASSIGNMENT}.html").is_file()
    assert sh(course, "git status --porcelain") == ""
    (course / "spring/.gitignore").unlink()  # planted: without it, git offers the class for a commit
    assert sh(course, "git status --porcelain") == "?? spring/\n"
