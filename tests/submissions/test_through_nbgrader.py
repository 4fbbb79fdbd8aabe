"""What an attack earns by nbgrader's own way, where the outcomes go through the notebook to the verdicts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.submissions.attack import target_course
from tests.submissions.cases import Case, hand_in, read_cases
from tests.submissions.target import NAME, POINTS, Target


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    tmp_path_factory.getbasetemp()  # before the temporary folder becomes another one for a while
    with target_course() as found:
        yield found


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.name, marks=() if case.name == "forbidden-by-computed-name" else pytest.mark.heavy)
        for case in read_cases("attacks")
        if case.kind == "forbidden names"
    ],
)
def test_planted_nbgrader_judges_forbidden_names_as_make_attack_does(target: Target, case: Case) -> None:
    """`make attack` grades a file; nbgrader carries what came of the run through the notebook to the verdicts."""
    path = target.course.folder / "submitted" / case.name / NAME / f"{NAME}.ipynb"
    hand_in(case, target.assignment.handout.notebook, {}, path)
    found = {verdict["cell"]: verdict["reason"] for verdict in target.course.autograde(NAME, case.name).verdicts}
    assert found.keys() == POINTS.keys()
    assert {cell: reason for cell, reason in found.items() if reason not in case.expected(cell)} == {}
