"""The release gate: `exercises/` is replaced only when everything that may be asked of a release was shown.

All is generated into a scratch folder with a gradebook of its own. A refusal, or a kill at any moment, leaves the old
release as it was: the swap is one system call.
"""

from __future__ import annotations

import ctypes
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry

from autograder.course.generate import generate, sources
from autograder.course.lifecycle import Course
from autograder.errors import CourseError
from autograder.nbgrader_hooks.lock import gradebook_lock
from autograder.notebooks import manifest
from autograder.notebooks.handout import cells_by_id, read_handout
from autograder.notebooks.source import Source
from autograder.release.contract import require
from autograder.release.leaks import leaks, needles, read_allowed
from autograder.release.proof import print_proofs, prove_all
from autograder.rules.scopes import parse

AT_FDCWD, RENAME_EXCHANGE = -100, 2


def compile_faults(release: Path) -> Iterator[str]:
    """Released cells that are not Python."""
    for path in sorted(release.rglob("*.ipynb")):
        for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
            if cell.cell_type == "code":
                try:
                    parse(cell.source)
                except SyntaxError as error:
                    yield f"{path.name}: cell {number} does not compile: {error}"


def leak_faults(course: Course, found: list[Source], release: Path) -> Iterator[str]:
    """Secrets of any source in the release or in the chapters."""
    secret = [
        needle
        for source in found
        for needle in needles(source, read_allowed(course.root / "bank" / source.assignment / "allowed.toml"))
    ]
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
                new = set(cells_by_id(read_handout(release / source.assignment / source.path.name).notebook))
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
    require(found)
    build = course.root / "_build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build, prefix="release-") as name:
        scratch = Path(name)
        own = f"sqlite:///{scratch / 'gradebook.db'}"  # one for both generations: to make one takes seconds
        new = generate(course, found, scratch / "first", own)
        refuse("The release is refused:", [*compile_faults(new), *leak_faults(course, found, new)])
        if not same_bytes(new, generate(course, found, scratch / "second", own)):
            raise CourseError("The release is refused: a second generation differs from the first.")
        if with_bank:
            proofs = [p for s in found for p in prove_all(s, course.root / "bank" / s.assignment)]
            print_proofs(proofs)
            refuse("The release is refused:", [f"{p.assignment}/{p.graded}: {c}" for p in proofs for c in p.complaints])
        (new / manifest.NAME).write_text(manifest.manifest(course.root, found, new), encoding="utf-8")
        with gradebook_lock(course.config.CourseDirectory.db_url):
            refuse(
                f"The release is refused: the gradebook in {course.state}/ holds submissions, and the set of cells has "
                "changed. Finish grading that class first, or start another gradebook with GRADEBOOK.",
                list(cell_changes(course, found, new)),
            )
            generate(course, found, scratch / "registered", course.config.CourseDirectory.db_url)
            (course.root / "exercises").mkdir(exist_ok=True)
            exchange(new, course.root / "exercises")


def refuse(reason: str, faults: list[str]) -> None:
    if faults:
        raise CourseError("\n  ".join([reason, *faults[:50]]))
