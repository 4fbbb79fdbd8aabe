"""For every test: one thread (their number changes last digits), and no silent skip."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")

# Why a test may be skipped on a machine that lacks something. In CI any other skip is a failure.
# Hosts that forbid user namespaces to ordinary users still have Landlock, which is then what is tested and used.
ALLOWED_SKIPS: tuple[str, ...] = (
    "the namespaces tier does not hold here",
    "TRANSLATOR_DATA names no folder",
)

# Two workers share the tests by module and class (`--dist loadscope`), and take them in this order, so that both end
# together: first what is long and cannot be shared; last the bank, which keeps two cores busy from one worker.
FIRST = (
    "tests/commands/test_course.py",  # builds the book, which the site's tests wait for
    "tests/commands/test_nbgrader.py",
    "tests/book/test_site.py::TestDark",
    "tests/book/test_site.py::TestLight",
    "tests/book/test_site.py",
)
LAST = ("tests/bank/test_bank.py",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: turn(item.nodeid))  # stable: within a turn the order stays


def turn(nodeid: str) -> int:
    """When a test is taken: a place in FIRST, then all others, then those of LAST."""
    early = [place for place, start in enumerate(FIRST) if nodeid.startswith(start)]
    return early[0] if early else len(FIRST) + nodeid.startswith(LAST)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    terminalreporter.write_line(f"skipped: {len(skipped)}")
    for report in skipped:
        terminalreporter.write_line(f"  {report.nodeid}: {reason(report)}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """With CI set, a skip that is not on the list turns a green run red."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not os.environ.get("CI") or reporter is None or exitstatus != pytest.ExitCode.OK:
        return
    unexpected = [r for r in reporter.stats.get("skipped", []) if not reason(r).startswith(ALLOWED_SKIPS)]
    if unexpected:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def reason(report: pytest.TestReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")
