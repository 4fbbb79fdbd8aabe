"""Reading what was handed in: the submitted file is data, and whatever it holds, reading it never raises.

A file that cannot be read is replaced, in the copy that is graded, by the untouched release, with the reason in the
notebook's metadata; every graded cell then ends in a named zero. The submitted file itself is never changed.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.validator import normalize
from nbgrader.coursedir import CourseDirectory

from autograder.errors import UnreadableSubmission
from autograder.released import read_release, released_path

MAX_BYTES = 50_000_000
NOTES = "autograder"  # the key, in a graded notebook's metadata, under which the grader keeps its notes


def notes(notebook: NotebookNode) -> NotebookNode:
    """The grader's notes on a notebook: `unreadable` (a reason), `repairs` (a list of sentences), `crash`."""
    return notebook.metadata.setdefault(NOTES, NotebookNode(unreadable="", repairs=[], crash=""))


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook of any version, normalised to the current format. Raises UnreadableSubmission, nothing else."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UnreadableSubmission(f"The file has {size:,} bytes; at most {MAX_BYTES:,} are read.")
        text = path.read_text(encoding="utf-8-sig")
        if not text.strip():
            raise UnreadableSubmission("The file is empty.")
        with warnings.catch_warnings(action="ignore"):  # missing or repeated cell ids are no fault of the student's
            _, notebook = normalize(nbformat.reads(text, as_version=4))
        notebook.metadata.pop(NOTES, None)  # only the grader writes these
        nbformat.validate(notebook)
    except UnreadableSubmission:
        raise
    except (nbformat.reader.NotJSONError, UnicodeDecodeError):
        raise UnreadableSubmission("The file is not a notebook: its text is not JSON.") from None
    except Exception as error:  # hostile or broken data: whatever goes wrong, it is a fact about the file
        raise UnreadableSubmission(f"The file cannot be read as a notebook ({type(error).__name__}).") from None
    return notebook


def find_submitted(path: Path) -> tuple[Path, str]:
    """The file to grade for the expected `path`, and a note when it is another one.

    Browsers rename downloads ("05-attention (1).ipynb"). When the expected file is missing and exactly one other
    notebook was handed in, that one is graded.
    """
    if path.exists():
        return path, ""
    others = sorted(path.parent.glob("*.ipynb"))
    if len(others) == 1:
        return others[0], f"The notebook was handed in as {others[0].name!r}; it was graded as {path.name!r}."
    found = ", ".join(repr(other.name) for other in others) or "no notebook"
    raise UnreadableSubmission(f"{path.name!r} was not handed in (found {found}).")


class SubmissionReader(NotebookExporter):
    """nbgrader's exporter for autograde (`Autograde.exporter_class`)."""

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> tuple[str, Any]:
        path = Path(filename)
        resources = {} if resources is None else resources
        # The kernel of the grading pass starts in this folder.
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        ids, course = resources["nbgrader"], CourseDirectory(parent=self)
        if path.parent == Path(course.format_path(course.autograded_directory, ids["student"], ids["assignment"])):
            notebook = nbformat.read(path, as_version=4)  # nbgrader's second pass reads what the first one wrote
        else:
            notebook = self._read(path, released_path(course, ids["assignment"], ids["notebook"]))
        return self.from_notebook_node(notebook, resources, **kw)

    def _read(self, path: Path, released: Path) -> NotebookNode:
        try:
            found, note = find_submitted(path)
            notebook = read_notebook(found)
        except UnreadableSubmission as error:
            notebook = read_release(released).notebook
            notes(notebook).unreadable = str(error)
            self.log.warning("%s: %s", path, error)
        else:
            if note:
                notes(notebook).repairs.append(note)
        return notebook


def expect_notebooks(release_directory: Path) -> Callable[..., None]:
    """A hook for `Autograde.pre_convert_hook`: add the released notebooks that a submission lacks to what is graded.

    nbgrader skips notebooks it does not know and stops with an error when none is left, which would keep an old
    score. With the expected name in the list, a renamed or missing notebook gets a verdict like any other.
    """

    def hook(assignment: str, student: str, notebooks: list[str]) -> None:
        folder = Path(notebooks[0]).parent
        for released in sorted((release_directory / assignment).glob("*.ipynb")):
            expected = str(folder / released.name)
            if expected not in notebooks:
                notebooks.append(expected)

    return hook
