"""Hypothesis against what reads hostile bytes: the wire's parser, and the reader and the repair of notebooks.

tests/autograder/test_fuzz.py makes a stream of broken frames and files; here examples are searched for and made small.
The long run (`make test-all`): a million frames and two thousand notebooks.
"""

from __future__ import annotations

import contextlib
import json
import random
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.notebooks.repair import repair
from autograder.notebooks.submission import notes, read_submission
from autograder.processes import decode as parse
from autograder.processes import encode as wire
from tests.autograder.test_fuzz import frame
from tests.autograder.test_fuzz import notebook as broken_notebook
from tests.submissions.attack import target_course
from tests.submissions.target import Target

QUIET = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
SHORT, LONG = settings(QUIET, max_examples=300), settings(QUIET, max_examples=2000)
FRAMES = 1_000_000
WORDS = [*"xtldsFiNnfbcSTDzre", "ref", "sub", "order", "leaf", "grad", "out", "classes", "float32", "bool", "nan", ""]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 9),
    st.integers(),
    st.floats(),
    st.sampled_from(WORDS),
    st.text(max_size=9),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=20,
)
ENTRIES = [
    "nbgrader",
    "grade_id",
    "cell_type",
    "source",
    "metadata",
    "outputs",
    "id",
    "tags",
    "course",
    "autograder",
    "cells",
]


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    tmp_path_factory.getbasetemp()  # before the temporary folder becomes another one for a while
    with target_course() as found:
        yield found


def decode(data: bytes) -> None:
    """A value or a WireError; any other error fails the test."""
    with contextlib.suppress(wire.WireError):
        parse.decode(data, reference=lambda node: node["ref"], tensor=lambda tensor, extra: tensor)


@SHORT
@given(tree=TREES, tail=st.binary(max_size=40))
def test_trees_of_any_form_are_values_or_wire_errors(tree: Any, tail: bytes) -> None:
    text = json.dumps(tree).encode()
    decode(struct.pack("!I", len(text)) + text + tail)


@SHORT
@given(data=st.binary(max_size=200))
def test_bytes_of_any_form_are_values_or_wire_errors(data: bytes) -> None:
    decode(data)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
    max_leaves=30,
)


@SHORT
@given(value=PLAIN)
def test_plain_data_comes_back_as_it_was(value: Any) -> None:
    assert parse.decode(wire.encode(value)) == value


@pytest.mark.heavy
def test_a_million_hostile_frames_are_values_or_wire_errors() -> None:
    draw = random.Random(2026)
    for _ in range(FRAMES):
        decode(frame(draw))


def check(target: Target, folder: Path, data: bytes) -> None:
    """Whatever the file holds, it is read and repaired into the release's cells, or named unreadable."""
    path = folder / "target.ipynb"
    path.write_bytes(data)
    assignment = target.assignment
    notebook = read_submission(path, assignment.handout.notebook)
    notebook, done = repair(notebook, assignment.handout, assignment.sources, assignment.checksums)
    names = [cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert sorted(names) == sorted(assignment.handout.cells)
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata and cell.metadata.nbgrader.locked:
            assert cell.source == assignment.sources[cell.metadata.nbgrader.grade_id]
    assert all(type(sentence) is str for sentence in [*done, notes(notebook).unreadable])


def changed(good: bytes, deeds: list[tuple[int, str, Any]]) -> bytes:
    """The notebook with entries of its cells, or of itself, replaced."""
    notebook = json.loads(good)
    for place, entry, value in deeds:
        cells = notebook.get("cells") if isinstance(notebook.get("cells"), list) else []
        parts = [notebook, notebook.get("metadata"), *cells, *(c.get("metadata") for c in cells if isinstance(c, dict))]
        part = parts[place % len(parts)]
        if isinstance(part, dict):
            part[entry] = value
    return json.dumps(notebook).encode()


DEEDS = st.lists(st.tuples(st.integers(0, 60), st.sampled_from(ENTRIES), TREES), min_size=1, max_size=3)


@SHORT
@given(deeds=DEEDS)
def test_notebooks_of_any_form_are_repaired_or_named(target: Target, tmp_path: Path, deeds: Any) -> None:
    check(target, tmp_path, changed(target.released.read_bytes(), deeds))


@pytest.mark.heavy
@LONG
@given(deeds=DEEDS)
def test_two_thousand_notebooks_are_repaired_or_named(target: Target, tmp_path: Path, deeds: Any) -> None:
    check(target, tmp_path, changed(target.released.read_bytes(), deeds))


@pytest.mark.heavy
def test_two_thousand_broken_files_are_repaired_or_named(target: Target, tmp_path: Path) -> None:
    draw, good = random.Random(2026), target.released.read_bytes()
    for _ in range(2000):
        check(target, tmp_path, broken_notebook(draw, good))
