"""The order in which the tests are taken: what it names is there, and a name that is gone is noticed."""

from __future__ import annotations

import runpy

from tests.conftest import ROOT

ORDER = runpy.run_path(str(ROOT / "conftest.py"))


def test_what_the_order_names_is_there() -> None:
    for start in (*ORDER["FIRST"], *ORDER["LAST"]):
        path, _, name = start.partition("::")
        assert f"class {name}" in (ROOT / path).read_text(encoding="utf-8") if name else (ROOT / path).is_file()


def test_long_units_come_first_and_the_bank_last() -> None:
    nodes = [
        "tests/bank/test_bank.py::test_x[a]",
        "tests/bank/test_judged.py::test_y",
        "book/05-attention.ipynb::Cell 3",
        "tests/book/test_site.py::TestLight::test_z[a]",
        "tests/commands/test_course.py::test_c",
    ]
    assert sorted(nodes, key=ORDER["turn"]) == [nodes[4], nodes[3], nodes[1], nodes[2], nodes[0]]
