"""Breaking a gate's code makes a test fail: each mutation is made in a copy of the tree, and tested there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# file, the text to break, what it becomes, the tests that must notice
MUTATIONS = {
    "leaks: long lines are overlooked": (
        "autograder/release/leaks.py",
        "if needle.text in hay]",
        "if needle.text in hay and len(needle.text) < 40]",
        "tests/autograder/test_release.py -k leaks",
    ),
    "bank: a wrong answer that passes is no complaint": (
        "autograder/release/bank.py",
        "if any(message is None for message in results):",
        "if all(message is None for message in results) and not results:",
        "tests/bank -k planted",
    ),
    "contract: callbacks are allowed": (
        "autograder/rules/test_cells.py",
        "if isinstance(argument, ast.Lambda):",
        "if isinstance(argument, ast.Yield):",
        "tests/autograder/test_contract.py",
    ),
    "hygiene: stored errors are overlooked": (
        "tools/hygiene.py",
        'if output.output_type == "error":',
        'if output.output_type == "mistake":',
        "tests/book/test_hygiene.py",
    ),
    "site: sideways scrolling is overlooked": (
        "tests/book/site_checks.py",
        "if (pixels := page.evaluate(TOO_WIDE)) > 0:",
        "if (pixels := page.evaluate(TOO_WIDE)) > 9999:",
        "tests/book/test_site.py -k planted",
    ),
    "judge: a test of which nothing is known passes": (
        "autograder/grading/verdicts.py",
        "if outcome is None:",
        "if outcome is None and points < 0:",
        "tests/autograder/test_verdicts.py",
    ),
    "judge: a passed test that used nothing of the student's stands": (
        "autograder/processes/judge/run_test.py",
        'elif kind == "passed" and not link.answers:',
        'elif kind == "passed" and link.answers < 0:',
        "tests/autograder/test_judging.py",
    ),
    "judge: an answer with another number is taken": (
        "autograder/processes/judge/link.py",
        'or answer.get("id") != self.count:',
        "or False:",
        "tests/autograder/test_hostile_worker.py",
    ),
    "judge: objects of the student's answer for tensors": (
        "autograder/processes/judge/proxy.py",
        "if name in QUESTIONS and name not in found.rules.members:",
        "if not name:",
        "tests/autograder/test_judging.py",
    ),
    "sandbox: the system-call filter is not installed": (
        "autograder/isolation/jail.py",
        "    syscalls.install(code)\n",
        "",
        "tests/autograder/test_isolation.py -k planted",
    ),
    "sandbox: totals are not watched": (
        "autograder/isolation/watch.py",
        "if over := exceeded(jail, most):",
        "if (over := exceeded(jail, most)) and not jail:",
        "tests/autograder/test_limits.py -k several",
    ),
    "sandbox: the kernel keeps no limit on memory": (
        "autograder/isolation/jail.py",
        "    memory.limit(limits.memory_mb)",
        "    memory.limit(9 * limits.memory_mb)",
        "tests/autograder/test_memory.py -k peak",
    ),
    "reader: links are followed": (
        "autograder/notebooks/submission.py",
        "if not stat.S_ISREG(place.st_mode):",
        "if stat.S_ISDIR(place.st_mode):",
        "tests/autograder/test_class.py -k plain_file",
    ),
    "judge: forbidden names are overlooked": (
        "autograder/grading/verdicts.py",
        "    if used:\n",
        "    if used and points < 0:\n",
        "tests/autograder/test_lifecycle.py -k forbidden",
    ),
}


@pytest.mark.heavy
@pytest.mark.parametrize("name", MUTATIONS)
def test_a_broken_gate_is_noticed(clone: Path, name: str) -> None:
    file, old, new, tests = MUTATIONS[name]
    path = clone / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, "the mutation no longer fits the code"
    path.write_text(text.replace(old, new), encoding="utf-8")
    try:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests.split()]
        # The environment's editable install names the real tree; the commands that the tests run must see the copy.
        environment = {**os.environ, "PYTHONPATH": str(clone)}
        result = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True)
    finally:
        path.write_text(text, encoding="utf-8")
    assert result.returncode == 1, f"no test noticed: {result.stdout[-2000:]}"
