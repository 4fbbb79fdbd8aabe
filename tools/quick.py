"""`make quick`: only the checks of what has changed, and a list of what was left out. `make test` has the last word.

What changed is read from git: since the commit where this branch left main, uncommitted and new files too. Ruff, the
notebooks' hygiene and the storeys are looked at always.
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath

import yaml

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PACKAGES = ("translator", "autograder", "benchmarks", "tools")
ALWAYS = ("tests/book/test_hygiene.py", "tests/test_storeys.py", "tests/test_planted.py")
OF_A_CHAPTER = ("tests/book/test_code_path.py", "tests/book/test_home.py", "tests/book/test_reading_time.py")
SITE = "tests/book/test_site.py"
OF_THE_SITE = ("every_internal_link", "every_figure_has")  # the tests of SITE that look at all pages at once
# Tests that use a module through its command, and so import nothing of it.
BY_COMMAND = {
    "tools/notebooks.py": ("tests/commands/test_texts.py",),
    "autograder/course": ("tests/commands/test_nbgrader.py",),
    "autograder/demo": ("tests/commands/test_course.py",),
    "autograder/release": ("tests/commands/test_nbgrader.py",),
    "autograder/__main__.py": ("tests/commands/test_nbgrader.py",),
    "samples": ("tests/commands/test_course.py",),
    "nbgrader_config.py": ("tests/commands/test_nbgrader.py", "tests/autograder/test_lifecycle.py"),
    "jupytext.toml": ("tests/commands/test_texts.py",),
    "book/instructor.md": ("tests/commands/test_nbgrader.py",),
}
ALL_PAGES = "every page"


@dataclass(frozen=True)
class House:
    """What the rules have to know of the tree."""

    pages: frozenset[str]  # of the table of contents, without suffix
    notebooks: frozenset[str]  # of the book
    assignments: frozenset[str]
    imports: dict[str, frozenset[str]]  # test file -> the modules of ours that it imports


@dataclass(frozen=True)
class Plan:
    """What to run. left_out: sentences on what is not, for the reader to judge."""

    tests: frozenset[str] = frozenset()
    notebooks: frozenset[str] = frozenset()
    pages: frozenset[str] = frozenset()
    assignments: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()

    def __or__(self, other: Plan) -> Plan:
        return Plan(**{each.name: getattr(self, each.name) | getattr(other, each.name) for each in fields(Plan)})


def plan(paths: Iterable[str], house: House) -> Plan:
    """The checks of these changed paths (relative, with `/`). Every path adds a check or a sentence to left_out."""
    found = Plan()
    for path in sorted(paths):
        found |= checks_of(path, house) | by_command(path)
    return found


def by_command(path: str) -> Plan:
    return Plan(tests=frozenset(t for key, ts in BY_COMMAND.items() if f"{path}/".startswith(f"{key}/") for t in ts))


def checks_of(path: str, house: House) -> Plan:
    """The checks of one path, by the folder that it lies in."""
    parts = PurePosixPath(path).parts
    match parts[0]:
        case "book":
            return of_the_book(path, house)
        case "solutions" | "exercises" | "bank" if len(parts) > 2:
            return of_an_assignment(parts[1], house)
        case "solutions" | "exercises" | "bank":
            return Plan(assignments=house.assignments)
        case "_toc.yml" | "_config.yml":
            return Plan(pages=frozenset({ALL_PAGES}))
        case "tests":
            return of_the_tests(path, house)
        case folder if folder in PACKAGES:
            return of_a_package(path, house)
    if by_command(path).tests:
        return Plan()
    return Plan(left_out=frozenset({f"{path}: no rule of tools/quick.py knows what it touches; run `make test`"}))


def of_the_book(path: str, house: House) -> Plan:
    """A page, a chapter, or what all pages share."""
    page = path.rpartition(".")[0]
    if page not in house.pages:  # the bibliography, a figure, a style sheet; or a page that is gone
        return Plan(pages=frozenset({ALL_PAGES}))
    found = Plan(pages=frozenset({page}))
    if path in house.notebooks:
        again = f"{path} on plain instructions (tests/book/test_truth.py), where rounding differs"
        found |= Plan(tests=frozenset(OF_A_CHAPTER), notebooks=frozenset({path}), left_out=frozenset({again}))
        if PurePosixPath(page).name in house.assignments:
            found |= Plan(tests=frozenset({"tests/bank/test_released.py"}))
    return found


def of_an_assignment(name: str, house: House) -> Plan:
    if name not in house.assignments:  # it is gone: what named it?
        return Plan(pages=frozenset({ALL_PAGES}), assignments=house.assignments)
    heavy = f"{name}: every answer of the bank through the isolated grader (`make test-all`); one of each kind is run"
    return Plan(
        pages=frozenset({f"exercises/{name}/{name}"}) & house.pages,
        assignments=frozenset({name}),
        left_out=frozenset({heavy}),
    )


def of_the_tests(path: str, house: House) -> Plan:
    """A test module itself; of a helper, all tests of its folder."""
    if path in house.imports:
        return Plan(tests=frozenset({path}))
    folder = PurePosixPath(path).parent
    while str(folder) != "tests" and not any(test.startswith(f"{folder}/") for test in house.imports):
        folder = folder.parent
    if str(folder) == "tests":
        return Plan(left_out=frozenset({f"{path}: all tests may use it; run `make test`"}))
    return Plan(tests=frozenset(test for test in house.imports if test.startswith(f"{folder}/")))


def of_a_package(path: str, house: House) -> Plan:
    """The tests that import something of the changed file's folder, of one around it, or of one within it."""
    package = PurePosixPath(path).parts[0]
    folder = str(PurePosixPath(path).parent).replace("/", ".")
    module = path.removesuffix(".py").replace("/", ".")
    here = module if folder == package else folder  # a file beside the folders is a room of its own

    def near(name: str) -> bool:
        room = name if name.count(".") == 1 else name.rpartition(".")[0]
        return name != package and (f"{name}.".startswith(f"{here}.") or f"{here}.".startswith(f"{room}."))

    tests = frozenset(test for test, names in house.imports.items() if any(map(near, names)))
    far = f"tests and chapters that use {here} only through other folders"
    if not tests:
        everything = frozenset(test for test in house.imports if test.startswith(f"tests/{package}/"))
        tests, far = everything, f"{far} (no test imports it: all of tests/{package} are run)"
    if package == "benchmarks" and path.endswith(".json"):
        return Plan(tests=tests, left_out=frozenset({far})) | of_the_book("book/results.ipynb", house)
    return Plan(tests=tests, left_out=frozenset({far}))


def commands(found: Plan) -> list[list[str]]:
    """The commands of a plan, as the shell would get them."""
    pytest = [str(BIN / "pytest"), "-q", "-n", "2", "--dist", "loadscope"]
    ruff = str(BIN / "ruff")
    result = [[ruff, "check", "."], [ruff, "format", "--check", "."]]
    result.append([*pytest, "--nbval", *sorted(found.notebooks), *sorted({*ALWAYS, *found.tests})])
    if found.assignments:
        result.append([*pytest, "tests/bank", "-k", " or ".join(sorted(found.assignments))])
    if ALL_PAGES in found.pages:
        result.append([*pytest, SITE])
    elif found.pages:
        result.append([*pytest, SITE, "-k", " or ".join([*sorted(found.pages), *OF_THE_SITE])])
    return result


def imports_of(text: str) -> frozenset[str]:
    """The modules of ours that a Python text imports. `from a import b` may name the module a.b: both count."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(name for name in found if name.split(".")[0] in PACKAGES)


def house_at(root: Path = ROOT) -> House:
    """The tree as it is."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))

    def files(entry: object) -> Iterator[str]:
        if isinstance(entry, dict):
            yield from (str(value) for key, value in entry.items() if key in ("root", "file"))
        for inner in entry.values() if isinstance(entry, dict) else entry if isinstance(entry, list) else ():
            yield from files(inner)

    tests = sorted(root.glob("tests/**/test_*.py"))
    return House(
        pages=frozenset(files(toc)),
        notebooks=frozenset(path.relative_to(root).as_posix() for path in root.glob("book/*.ipynb")),
        assignments=frozenset(path.parent.name for path in root.glob("solutions/*/*.ipynb")),
        imports={test.relative_to(root).as_posix(): imports_of(test.read_text(encoding="utf-8")) for test in tests},
    )


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def changed(since: str | None) -> list[str]:
    """Changed, new and deleted paths. Raises SystemExit, in a line, when git cannot tell."""
    mains = [since] if since else ["origin/main", "main"]
    for main in mains:
        try:
            base = git("merge-base", "HEAD", main).strip()
        except (subprocess.CalledProcessError, FileNotFoundError):
            continue
        differing = git("diff", "--name-only", "--no-renames", "-z", base)
        new = git("ls-files", "-z", "--others", "--exclude-standard")
        return sorted({*differing.split("\0"), *new.split("\0")} - {""})
    raise SystemExit(
        f"git knows no common commit with {' or '.join(mains)}: name one with --since, or run `make test`."
    )


def run(lines: Sequence[Sequence[str]]) -> int:
    """Run every command, also after one that fails; 1 if any did."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    failed = []
    for line in lines:
        print(f"\n$ {' '.join(line)}", flush=True)
        if subprocess.run(line, cwd=ROOT, env=environment).returncode:
            failed.append(" ".join(line))
    print("".join(f"\nFAILED: {line}" for line in failed))
    return 1 if failed else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="make quick", description=__doc__)
    parser.add_argument("--since", metavar="REV", help="compare with where the branch left REV (default: main)")
    parser.add_argument("--list", action="store_true", help="print what would be run, and run nothing")
    arguments = parser.parse_args()
    began = time.monotonic()
    paths = changed(arguments.since)
    found = plan(paths, house_at())
    print(f"{len(paths)} changed paths" + "".join(f"\n  {path}" for path in paths))
    lines = commands(found)
    code = 0 if arguments.list else run(lines)
    print("Would run:" if arguments.list else "Ran:", *(" ".join(line) for line in lines), sep="\n  ")
    print("Left out:", *sorted(found.left_out), "everything that no changed path touches", sep="\n  ")
    print(f"{time.monotonic() - began:.0f} s")
    return code


if __name__ == "__main__":
    sys.exit(main())
