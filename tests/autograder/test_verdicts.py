"""From what came of the tests to verdicts: nothing passes that is not proven, and nothing raises."""

from __future__ import annotations

import base64
import copy
import struct

import nbformat
import pytest

from autograder.course.lifecycle import Course
from autograder.grading.outputs import clean
from autograder.grading.verdict import Evidence, Outcome, Reason, Verdict, failed
from autograder.grading.verdicts import verdicts
from autograder.nbgrader_hooks.execute import note_outcomes, noted_outcomes
from autograder.notebooks.handout import read_handout
from autograder.notebooks.plain_text import visible
from autograder.notebooks.submission import notes
from tests.autograder.conftest import find, solved


def judged(course: Course, outcomes: dict[str, Outcome], **changes: str) -> list[Verdict]:
    notebook = solved(course)
    for name, source in changes.items():
        find(notebook, name).source = source
    release = read_handout(course.root / "exercises" / "toy" / "toy.ipynb")
    return verdicts(notebook, release, outcomes, Evidence("none", 3, "file", "environment"))


GOOD = {"test-add": Outcome(Reason.CORRECT), "test-largest": Outcome(Reason.CORRECT)}


def test_a_passed_test_earns_its_points_with_the_evidence(course: Course) -> None:
    found = judged(course, GOOD)
    assert [(v.score, v.reason) for v in found] == [(2, "correct"), (3, "correct")]
    entry = found[0].as_dict()
    assert (entry["tier"], entry["seed"], entry["submission"], len(entry["test"])) == ("none", 3, "file", 64)


def test_planted_what_nbgrader_carries_of_an_outcome_is_all_of_it(course: Course) -> None:
    notebook = solved(course)
    outcomes = {
        "test-add": Outcome(Reason.CORRECT, "a message", 1.5, ("softmax", "max")),
        "test-largest": Outcome(Reason.CORRECT, noted=("max",)),
    }
    evidence = Evidence("none", 3, "file", "environment")
    note_outcomes(notebook, outcomes, evidence)
    carried = noted_outcomes(nbformat.reads(nbformat.writes(notebook), as_version=4))
    assert carried == (outcomes, evidence)
    release = read_handout(course.root / "exercises" / "toy" / "toy.ipynb")
    assert [v.reason for v in verdicts(notebook, release, *carried)] == ["needs review", "needs review"]


def test_planted_a_test_of_which_nothing_is_known_did_not_pass(course: Course) -> None:
    assert [(v.score, v.reason) for v in judged(course, {})] == [(0, "crashed"), (0, "crashed")]


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.CORRECT])
def test_planted_no_other_outcome_earns_a_point(course: Course, reason: Reason) -> None:
    found = judged(course, GOOD | {"test-add": Outcome(reason, "because")})
    assert [(v.score, v.reason) for v in found] == [(0, reason), (3, "correct")]


def test_planted_a_forbidden_name_costs_a_passed_test_its_points(course: Course) -> None:
    found = judged(course, GOOD, largest="def largest(numbers):\n    return max(numbers)")
    assert [(v.score, v.reason) for v in found] == [(2, "correct"), (0, "forbidden call")]


def test_planted_an_unreadable_file_earns_nothing_whatever_ran(course: Course) -> None:
    notebook = copy.deepcopy(solved(course))
    notes(notebook).unreadable = "no notebook"
    release = read_handout(course.root / "exercises" / "toy" / "toy.ipynb")
    assert {v.reason for v in verdicts(notebook, release, GOOD, Evidence())} == {"unreadable"}


def test_planted_messages_cannot_control_a_terminal() -> None:
    verdict = failed("t", 1, Reason.WRONG, "\x1b[2Jred\x07\u202e" + "x" * 5000)
    assert verdict.message.startswith("red\\x07\\u202ex")
    assert len(verdict.message) == 2000


def test_planted_text_cannot_steer_a_terminal_or_the_eye() -> None:
    text = "\x1b[38mhi\x1b]0;title\x07 \x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ \x9b31mred\x1b(0"
    text += "\n10%\r20%\r\nend\u202e\u2066\ud800\x00"
    [output] = clean([{"output_type": "stream", "name": "stdout", "text": text}], 1_000_000)[0]
    assert output.text == "hi link red\n20%\nend\\u202e\\u2066\\ud800\\x00"
    assert visible("naïve\u00a0\u3000文 👩\u200d💻\t\n") == "naïve\u00a0\u3000文 👩\u200d💻\t\n"


def test_planted_a_picture_that_unfolds_to_too_many_pixels_is_named() -> None:
    small = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 60_000, 60_000)
    for data, words in ((small, "60000 x 60000 pixels"), (b"GIF89a", "no PNG")):
        picture = {"output_type": "display_data", "data": {"image/png": base64.b64encode(data).decode()}}
        [output] = clean([picture], 1_000_000)[0]
        assert set(output.data) == {"text/plain"}
        assert words in output.data["text/plain"]


PLANTED = {  # what a worker may call outputs
    "no list": {"output_type": "stream"},
    "no output": [3, None, [], {"output_type": "nonsense"}, {}],
    "text that is none": [{"output_type": "stream", "name": "stdout", "text": 5}],
    "a picture that is none": [{"output_type": "display_data", "data": {"image/png": "<script>"}}],
    "an error without parts": [{"output_type": "error", "ename": "X"}],
    "data that is no dictionary": [{"output_type": "execute_result", "data": 3}],
}


@pytest.mark.parametrize("name", PLANTED)
def test_outputs_that_are_none_are_dropped(name: str) -> None:
    assert clean(PLANTED[name], 1_000_000)[0] == []


def test_planted_nothing_that_a_browser_runs_is_kept() -> None:
    data = {"text/html": "<script>", "application/javascript": "x", "text/plain": "shown", "image/svg+xml": "<svg>"}
    [output] = clean([{"output_type": "display_data", "data": data, "metadata": {"x": 1}}], 1_000_000)[0]
    assert output.data == {"text/plain": "shown"}
    assert output.metadata == {}
