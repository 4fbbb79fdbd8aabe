"""Imports run downwards: the packages hold to the table of storeys that the book's reference page shows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("translator", "autograder")

Imports = dict[str, set[str]]


def storeys(package: str) -> list[list[str]]:
    """The rows of the package's table on the reference page, from the top; each names modules and folders."""
    page = (ROOT / "book" / "reference.md").read_text(encoding="utf-8")
    table = page.split(f"| storey of `{package}` |")[1].split("\n\n")[0]
    return [re.findall(r"`([\w.]+)`", line.split("|")[1]) for line in table.splitlines()[2:]]


def module_name(path: Path, root: Path = ROOT) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def imports(package: str, root: Path = ROOT) -> Imports:
    """By module of the package, every module of ours that it imports: also in functions, also for types."""
    paths = {module_name(path, root): path for path in sorted((root / package).rglob("*.py"))}
    found: Imports = {}
    for module, path in paths.items():
        found[module] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found[module] |= {alias.name for alias in node.names if alias.name.split(".")[0] in PACKAGES}
            elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in PACKAGES:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    found[module].add(inner if inner in paths else node.module)
    return found


def place(module: str, rows: list[list[str]]) -> tuple[int, str]:
    """Storey and room of a module: the longest entry of the table that it lies in."""
    entries = [(len(name), row, name) for row, names in enumerate(rows) for name in names]
    fitting = [entry for entry in entries if module == entry[2] or module.startswith(entry[2] + ".")]
    if not fitting:
        raise LookupError(f"{module} stands on no storey: add it to the table of book/reference.md")
    _, row, name = max(fitting)
    return row, name


def faults(package: str, found: Imports, rows: list[list[str]]) -> Iterator[str]:
    """Every import that runs upwards, to a room beside, or out of the house."""
    for module, used in found.items():
        if module == package:  # the package's face may name what it likes: nobody inside imports it
            continue
        row, room = place(module, rows)
        for other in sorted(used):
            if other == package or other.split(".")[0] != package:
                yield f"{module} imports {other}: the packages know nothing of each other, nor of their own face"
                continue
            its_row, its_room = place(other, rows)
            if its_row < row or (its_row == row and its_room != room):
                yield f"{module} imports {other}, which does not stand on a lower storey"


def circles(found: Imports) -> list[str]:
    """Folders that import each other, directly or around; a folder's own modules are one."""
    folders: Imports = {}
    for module, used in found.items():
        here = module.rpartition(".")[0]
        folders.setdefault(here, set()).update(other.rpartition(".")[0] for other in used)
    for folder, used in folders.items():
        # A folder within this one, or around it, is a room of the same house.
        used -= {other for other in used if within(other, folder) or within(folder, other)}
    return [folder for folder in folders if folder in reached(folder, folders)]


def within(inner: str, outer: str) -> bool:
    return f"{inner}.".startswith(f"{outer}.")


def reached(start: str, edges: Imports) -> set[str]:
    """All that can be reached from `start` by at least one edge."""
    found: set[str] = set()
    todo = [start]
    while todo:
        for new in edges.get(todo.pop(), set()) - found:
            found.add(new)
            todo.append(new)
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_run_downwards(package: str) -> None:
    assert list(faults(package, imports(package), storeys(package))) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_folders_import_each_other(package: str) -> None:
    assert circles(imports(package)) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_modules_import_each_other(package: str) -> None:
    found = imports(package)
    assert [module for module in found if module in reached(module, found)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_row_of_the_table_names_something_that_is_there(package: str) -> None:
    names = [name.replace(".", "/") for row in storeys(package) for name in row]
    assert [name for name in names if not (ROOT / name).is_dir() and not (ROOT / f"{name}.py").is_file()] == []


def test_nothing_outside_the_tests_reads_them() -> None:
    paths = [path for folder in (*PACKAGES, "benchmarks", "tools") for path in (ROOT / folder).rglob("*.py")]
    paths += [ROOT / "nbgrader_config.py"]
    paths.remove(ROOT / "tools" / "quick.py")  # its work is to choose among the tests
    telling = re.compile(r"""^\s*(from|import) tests\b|["']tests/|/ ["']tests["']""", re.MULTILINE)
    assert [path.name for path in paths if telling.search(path.read_text(encoding="utf-8"))] == []


ROWS = [["p.cli"], ["p.work", "p.play"], ["p.model"]]
PLANTED = {
    "upwards": ({"p.model.a": {"p.cli"}}, ["p.model.a imports p.cli, which does not stand on a lower storey"]),
    "beside": ({"p.work.a": {"p.play.b"}}, ["p.work.a imports p.play.b, which does not stand on a lower storey"]),
    "another package": (
        {"p.work.a": {"q.b"}},
        ["p.work.a imports q.b: the packages know nothing of each other, nor of their own face"],
    ),
    "the face": (
        {"p.work.a": {"p"}},
        ["p.work.a imports p: the packages know nothing of each other, nor of their own face"],
    ),
    "downwards and within": ({"p.cli": {"p.work.a", "p.model.b"}, "p.work.a": {"p.work.b"}, "p": {"p.cli"}}, []),
}


@pytest.mark.parametrize(("found", "expected"), PLANTED.values(), ids=PLANTED.keys())
def test_planted_imports_get_their_fault(found: Imports, expected: list[str]) -> None:
    assert list(faults("p", found, ROWS)) == expected


def test_planted_circles_of_folders_are_found() -> None:
    assert circles({"p.a.x": {"p.b.y"}, "p.b.z": {"p.a.w"}, "p.c.v": {"p.a.x"}}) == ["p.a", "p.b"]
    assert circles({"p.a.x": {"p.a.sub.y"}, "p.a.sub.y": {"p.a.z"}}) == []


def test_planted_a_module_without_a_storey_is_named() -> None:
    with pytest.raises(LookupError, match=r"p\.new\.room stands on no storey"):
        place("p.new.room", ROWS)


def test_planted_imports_inside_functions_and_for_types_count(tmp_path: Path) -> None:
    (tmp_path / "translator").mkdir()
    for name, text in {"a": "def f():\n    from translator import b\n", "b": ""}.items():
        (tmp_path / "translator" / f"{name}.py").write_text(text)
    assert imports("translator", tmp_path)["translator.a"] == {"translator.b"}
