"""The planted bad cases, listed: every check has at least one that it must reject, and each is a test of its own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# dictionaries of planted cases, by the words that name them
TABLES = {"BAD", "BREACHES", "FAILS", "PLANTED", "TAMPERED", "MUTATIONS"}


def planted(path: Path) -> list[str]:
    """The names of the planted cases of a test module: `test_planted_…` functions, and the keys of its tables."""
    found: list[str] = []
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.FunctionDef) and "planted" in statement.name:
            words = statement.name.removeprefix("test_").removeprefix("planted_").replace("_", " ")
            if not any(isinstance(d, ast.Call) and "parametrize" in ast.unparse(d) for d in statement.decorator_list):
                found.append(words)
        elif isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) in TABLES:
            assert isinstance(statement.value, ast.Dict)
            found += [str(key.value) for key in statement.value.keys if isinstance(key, ast.Constant)]
    return found


def test_every_check_has_planted_bad_cases(capsys: pytest.CaptureFixture[str]) -> None:
    modules = sorted(path for path in HERE.rglob("test_*.py") if path != Path(__file__))
    cases = {path.relative_to(HERE).as_posix(): planted(path) for path in modules}
    with capsys.disabled():
        print("\nplanted bad cases, each rejected by a test of its own:")
        for module, names in cases.items():
            for name in names:
                print(f"  {module}: {name}")
    checks = [
        "book/test_hygiene.py",
        "book/test_home.py",
        "book/test_page_texts.py",
        "book/test_pages.py",
        "book/test_plain_notebook.py",
        "book/test_reader.py",
        "book/test_reading_time.py",
        "book/test_reference.py",
        "book/test_site.py",
        "book/test_truth.py",
        "autograder/test_contract.py",
    ]
    checks += [
        "autograder/test_release.py",
        "submissions/test_attacks.py",
        "bank/test_bank.py",
        "tools/test_doctor.py",
        "tools/test_pdf.py",
        "tools/test_quick.py",
        "commands/test_course.py",
        "test_mutation.py",
        "test_public_files.py",
        "test_storeys.py",
    ]
    checks += [f"autograder/test_{name}.py" for name in ("judging", "isolation", "class", "verdicts", "fuzz")]
    assert [module for module in checks if not cases[module]] == []
