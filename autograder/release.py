"""The release gate: `exercises/` is replaced only when everything that may be asked of a release was shown.

All is generated into a scratch folder with a gradebook of its own. A refusal, or a kill at any moment, leaves the old
release as it was: the swap is one system call.
"""

from __future__ import annotations

import ast
import copy
import ctypes
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI

from autograder import contract, manifest
from autograder.course import Course, check
from autograder.errors import CourseError
from autograder.leaks import leaks, needles, read_allowed
from autograder.proof import print_proofs, prove_all
from autograder.released import cells_by_id, read_release
from autograder.source import Source, read_source

AT_FDCWD, RENAME_EXCHANGE = -100, 2


def sources(course: Course) -> list[Source]:
    """The source notebooks of the course. Raises CourseError for any other file: nbgrader would hand it out."""
    found: list[Source] = []
    for folder in sorted(path for path in (course.root / "solutions").iterdir() if path.is_dir()):
        expected = folder / f"{folder.name}.ipynb"
        if strays := sorted(p.name for p in folder.iterdir() if p != expected and p.name != ".ipynb_checkpoints"):
            raise CourseError(
                f"{folder.name}: unknown files {', '.join(strays)}; nbgrader would release them as they are."
            )
        if expected.exists():
            found.append(read_source(expected))
    return found


def generate(course: Course, found: list[Source], scratch: Path, db_url: str = "") -> Path:
    """Generate every release into `scratch/exercises`, with a gradebook of its own or the one at `db_url`."""
    config = copy.deepcopy(course.config)
    scratch.mkdir(parents=True, exist_ok=True)
    config.CourseDirectory.release_directory = os.path.relpath(scratch / "exercises", course.root)
    config.CourseDirectory.db_url = db_url or f"sqlite:///{scratch / 'gradebook.db'}"
    (scratch / "exercises").mkdir()
    api = NbGraderAPI(config=config)
    for source in found:
        check(api.generate_assignment(source.assignment, force=True), f"generating {source.assignment}")
    return scratch / "exercises"


def compile_faults(release: Path) -> Iterator[str]:
    """Released cells that are not Python."""
    for path in sorted(release.rglob("*.ipynb")):
        for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
            if cell.cell_type == "code":
                try:
                    ast.parse(TransformerManager().transform_cell(cell.source))
                except SyntaxError as error:
                    yield f"{path.name}: cell {number} does not compile: {error}"


def leak_faults(course: Course, found: list[Source], release: Path) -> Iterator[str]:
    """Secrets of any source in the release or in the chapters."""
    for source in found:
        allowed = read_allowed(course.root / "tests" / "solutions" / source.assignment / "allowed.toml")
        secret = needles(source, allowed)
        for folder in (release, course.root / "book"):
            yield from (f"leak in {folder.name}/{leak}" for leak in leaks(folder, secret))


def same_bytes(one: Path, other: Path) -> bool:
    first, second = ({str(p.relative_to(d)): p.read_bytes() for p in d.rglob("*") if p.is_file()} for d in (one, other))
    return first == second


def cell_changes(course: Course, found: list[Source], release: Path) -> Iterator[str]:
    """Cells added or removed in an assignment that already has submissions: nbgrader cannot regrade those."""
    with Gradebook(course.config.CourseDirectory.db_url) as gradebook:
        for source in found:
            try:
                notebook = gradebook.find_notebook(source.path.stem, source.assignment)
            except MissingEntry:
                continue
            if notebook.submissions:
                known = {cell.name for cell in notebook.source_cells}
                new = set(cells_by_id(read_release(release / source.assignment / source.path.name).notebook))
                yield from (f"{source.assignment}: the cell {name!r} is new" for name in sorted(new - known))
                yield from (f"{source.assignment}: the cell {name!r} is gone" for name in sorted(known - new))


def exchange(new: Path, old: Path) -> None:
    """Swap two folders at once. Where the system call is missing, two renames do it, with a moment between them."""
    libc = ctypes.CDLL(None, use_errno=True)
    renameat2 = getattr(libc, "renameat2", None)
    arguments = (AT_FDCWD, os.fsencode(new), AT_FDCWD, os.fsencode(old), RENAME_EXCHANGE)
    if renameat2 is None or renameat2(*arguments) != 0:
        os.replace(old, new.with_name("retired"))
        os.replace(new, old)


def release(course: Course, with_bank: bool = True) -> None:
    """Regenerate exercises/ and register it in the gradebook. Raises CourseError, changing nothing, if refused."""
    found = sources(course)
    contract.require(found)
    build = course.root / "_build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build, prefix="release-") as name:
        scratch = Path(name)
        new = generate(course, found, scratch / "first")
        refuse("The release is refused:", [*compile_faults(new), *leak_faults(course, found, new)])
        if not same_bytes(new, generate(course, found, scratch / "second")):
            raise CourseError("The release is refused: a second generation differs from the first.")
        if with_bank:
            proofs = [p for s in found for p in prove_all(s, course.root / "tests" / "solutions" / s.assignment)]
            print_proofs(proofs)
            refuse("The release is refused:", [f"{p.assignment}/{p.graded}: {c}" for p in proofs for c in p.complaints])
        (new / manifest.NAME).write_text(manifest.manifest(course.root, found, new), encoding="utf-8")
        refuse(
            f"The release is refused: the gradebook in {course.state}/ holds submissions, and the set of cells has "
            "changed. Finish grading that class first, or start another gradebook with GRADEBOOK.",
            list(cell_changes(course, found, new)),
        )
        generate(course, found, scratch / "registered", course.config.CourseDirectory.db_url)
        (course.root / "exercises").mkdir(exist_ok=True)
        exchange(new, course.root / "exercises")


def register(course: Course, assignments: list[str]) -> None:
    """Tell a gradebook that is new about these assignments, without touching exercises/."""
    found = [source for source in sources(course) if source.assignment in assignments]
    with tempfile.TemporaryDirectory(dir=course.folder, prefix="register-") as scratch:
        generate(course, found, Path(scratch), course.config.CourseDirectory.db_url)


def refuse(reason: str, faults: list[str]) -> None:
    if faults:
        raise CourseError("\n  ".join([reason, *faults[:50]]))
