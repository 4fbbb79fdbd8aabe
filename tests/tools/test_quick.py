"""`make quick`: which checks a changed path selects. What no rule knows is said, never silently passed over."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools import quick
from tools.quick import ALL_PAGES, House, Plan, commands, imports_of, plan

HOUSE = House(
    pages=frozenset({"book/index", "book/05-attention", "book/results", "exercises/05-attention/05-attention"}),
    notebooks=frozenset({"book/05-attention.ipynb", "book/06-masks.ipynb", "book/results.ipynb"}),
    assignments=frozenset({"05-attention", "06-masks"}),
    imports={
        "tests/translator/test_model.py": frozenset({"translator.model.config"}),
        "tests/translator/test_pocket.py": frozenset({"translator.data.pocket", "translator.data.pocket.corpus"}),
        "tests/translator/test_face.py": frozenset({"translator"}),
        "tests/autograder/test_gate.py": frozenset({"autograder.release.gate"}),
        "tests/autograder/deep/test_deep.py": frozenset({"autograder.processes.judge.link"}),
        "tests/benchmarks/test_peers.py": frozenset({"benchmarks.peers.decode"}),
        "tests/test_storeys.py": frozenset(),
    },
)
MODEL, POCKET, FACE = (f"tests/translator/test_{name}.py" for name in ("model", "pocket", "face"))
GATE, DEEP = "tests/autograder/test_gate.py", "tests/autograder/deep/test_deep.py"


def of(*paths: str) -> Plan:
    return plan(paths, HOUSE)


def test_a_chapter_selects_its_notebook_and_its_page_only() -> None:
    found = of("book/05-attention.ipynb")
    assert found.notebooks == {"book/05-attention.ipynb"}
    assert found.pages == {"book/05-attention"}
    assert found.assignments == set()
    assert "tests/book/test_code_path.py" in found.tests
    assert any("plain instructions" in sentence for sentence in found.left_out)


def test_a_page_selects_its_site_checks() -> None:
    assert of("book/index.md") == Plan(pages=frozenset({"book/index"}))


@pytest.mark.parametrize("path", ["book/references.bib", "book/_static/book.css", "_toc.yml", "book/gone.md"])
def test_what_pages_share_selects_every_page(path: str) -> None:
    assert of(path).pages == {ALL_PAGES}


@pytest.mark.parametrize("folder", ["solutions", "exercises", "bank"])
def test_an_assignment_selects_its_own_bank_and_page(folder: str) -> None:
    found = of(f"{folder}/05-attention/any/file.py")
    assert found.assignments == {"05-attention"}
    assert found.pages == {"exercises/05-attention/05-attention"}


def test_a_module_selects_the_tests_that_import_its_folder() -> None:
    assert of("translator/model/encoder.py").tests == {MODEL}
    assert of("translator/data/pocket/lexicon/german.py").tests == {POCKET}
    assert of("autograder/processes/judge/proxy.py").tests == {DEEP}
    assert of("autograder/processes/engine.py").tests == {DEEP}


def test_a_test_selects_itself_and_a_helper_its_folder() -> None:
    assert of(GATE).tests == {GATE}
    assert of("tests/autograder/conftest.py").tests == {GATE, DEEP}
    assert of("tests/autograder/deep/cases/one/case.toml").tests == {DEEP}


def test_a_receipt_selects_the_page_that_reads_it() -> None:
    found = of("benchmarks/receipts/new.json")
    assert found.notebooks == {"book/results.ipynb"}


def test_planted_a_module_that_no_test_imports_selects_all_of_its_package() -> None:
    for path in ("translator/__init__.py", "translator/unheard/of.py"):
        found = of(path)
        assert found.tests == {MODEL, POCKET, FACE}
        assert any("all of tests/translator" in sentence for sentence in found.left_out)


def test_planted_an_assignment_that_is_gone_selects_all_of_them() -> None:
    assert of("solutions/99-gone/99-gone.ipynb").assignments == HOUSE.assignments
    assert of("exercises/manifest.json").assignments == HOUSE.assignments


UNKNOWN = ["Makefile", "pyproject.toml", "requirements.txt", "conftest.py", "tests/conftest.py", "new/thing.py", "x"]


@pytest.mark.parametrize("path", UNKNOWN)
def test_planted_a_path_without_a_rule_is_said_to_be_left_out(path: str) -> None:
    [sentence] = of(path).left_out
    assert sentence.startswith(f"{path}: ")
    assert "`make test`" in sentence


def test_no_tracked_path_is_passed_over_and_every_target_exists() -> None:
    house = quick.house_at()
    tracked = subprocess.run(["git", "ls-files"], cwd=quick.ROOT, capture_output=True, text=True).stdout.splitlines()
    for path in tracked or [file.relative_to(quick.ROOT).as_posix() for file in quick.ROOT.glob("*/*")]:
        assert plan([path], house) != Plan(), path
    everything = plan(tracked, house)
    named = [*everything.tests, *everything.notebooks, *quick.ALWAYS, *quick.OF_A_CHAPTER, quick.SITE]
    named += [test for tests in quick.BY_COMMAND.values() for test in tests]
    assert [name for name in named if not (quick.ROOT / name).is_file()] == []
    assert [key for key in quick.BY_COMMAND if not (quick.ROOT / key).exists()] == []
    assert everything.pages - {ALL_PAGES} <= house.pages
    assert len(house.pages) > 10


def test_the_commands_hold_to_the_plan() -> None:
    always = commands(Plan())
    assert [line[-1] for line in always[:2]] == ["."] * 2
    assert set(quick.ALWAYS) <= set(always[2])
    assert len(always) == 3
    lines = commands(of("book/05-attention.ipynb", "bank/06-masks/x/y.py"))
    assert "book/05-attention.ipynb" in lines[2]
    assert lines[3][-3:] == ["tests/bank", "-k", "06-masks"]
    assert lines[4][-1].startswith("book/05-attention or ")
    assert commands(of("_toc.yml"))[-1][-1] == quick.SITE


def test_the_site_tests_that_are_named_by_a_word_are_there() -> None:
    text = (quick.ROOT / quick.SITE).read_text(encoding="utf-8")
    assert [word for word in quick.OF_THE_SITE if f"def test_{word}" not in text] == []


def test_imports_are_read_wherever_they_stand() -> None:
    text = "import autograder.release.gate\ndef f():\n    from translator.data import batches\nimport os\n"
    assert imports_of(text) == {"autograder.release.gate", "translator.data", "translator.data.batches"}


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], cwd=folder, check=True)


def test_changes_are_read_from_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Committed on the branch, uncommitted, new and deleted; not what main did meanwhile."""
    monkeypatch.setattr(quick, "ROOT", tmp_path)
    git(tmp_path, "init", "-q", "-b", "main")
    for name in ("old", "gone", "same", "ünï"):
        (tmp_path / name).write_text(name)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    git(tmp_path, "switch", "-qc", "branch")
    (tmp_path / "committed").write_text("x")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "two")
    git(tmp_path, "switch", "-q", "main")
    (tmp_path / "of main").write_text("x")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "three")
    git(tmp_path, "switch", "-q", "branch")
    (tmp_path / "old").write_text("new")
    (tmp_path / "gone").unlink()
    (tmp_path / "ünï").write_text("new")
    (tmp_path / "untracked").write_text("x")
    assert quick.changed(None) == ["committed", "gone", "old", "untracked", "ünï"]
    assert quick.changed("HEAD") == ["gone", "old", "untracked", "ünï"]
    with pytest.raises(SystemExit, match="--since"):
        quick.changed("nowhere")


def test_planted_a_failing_command_fails_the_whole_and_stops_no_other(tmp_path: Path) -> None:
    fail, touch = "raise SystemExit(3)", f"open({str(tmp_path / 'ran')!r}, 'w')"
    assert quick.run([[sys.executable, "-c", fail], [sys.executable, "-c", touch]]) == 1
    assert (tmp_path / "ran").exists()
    assert quick.run([[sys.executable, "-c", "pass"]]) == 0


def test_the_command_lists_what_it_would_run() -> None:
    command = [sys.executable, "tools/quick.py", "--list", "--since", "HEAD"]
    result = subprocess.run(command, cwd=quick.ROOT, capture_output=True, text=True)
    if (quick.ROOT / ".git").exists():
        assert result.returncode == 0, result.stderr
        assert "Would run:" in result.stdout
        assert "Left out:" in result.stdout
    else:  # a copy of the tree that git does not know: told in a line
        assert result.returncode == 1
        assert "--since" in result.stderr
        assert "Traceback" not in result.stderr
