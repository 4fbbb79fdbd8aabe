"""Reading what was handed in: the submitted file is data, and whatever it holds, reading it never raises.

A file that cannot be read is replaced, in the copy that is graded, by the untouched release, with the reason in the
notebook's metadata; every graded cell then ends in a named zero. The submitted file itself is never changed.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import stat
import warnings
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.validator import normalize

from autograder.errors import CourseError, UnreadableSubmission
from autograder.notebooks.plain_text import few, quoted, visible

MAX_BYTES = 50_000_000
MOST_CELLS = 5_000
MOST_CHARACTERS = 2_000_000
NOTES = "autograder"  # the key, in a graded notebook's metadata, under which the grader keeps its notes


def notes(notebook: NotebookNode) -> NotebookNode:
    """The grader's notes on a notebook: `unreadable` (a reason), `repairs` (sentences), `crash`, `submission` (a hash),
    `outcomes` (of graded cells, by name), `evidence`.
    """
    fresh = NotebookNode(unreadable="", repairs=[], crash="", submission="", outcomes={}, evidence={})
    kept: NotebookNode = notebook.metadata.setdefault(NOTES, fresh)
    return kept


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook of any version, normalised to the current format. Raises UnreadableSubmission, nothing else."""
    try:
        data = read_plain_file(path)
        text = data.decode("utf-8-sig")
        if not text.strip():
            raise UnreadableSubmission("The file is empty.")
        with warnings.catch_warnings(action="ignore"):  # missing or repeated cell ids are no fault of the student's
            notebook = nbformat.reads(essential(text), as_version=4)
            if notebook.nbformat_minor < nbformat.v4.nbformat_minor:  # cells of older ones have no ids
                notebook = nbformat.v4.upgrade(notebook, 4, notebook.nbformat_minor)
            _, notebook = normalize(notebook)
        notebook.metadata.pop(NOTES, None)  # only the grader writes these
        require_sizes(notebook)
        nbformat.validate(notebook)
        nbformat.writes(notebook).encode()  # half a character, which JSON can spell, could not be written again
        notes(notebook).submission = hashlib.sha256(data).hexdigest()
    except UnreadableSubmission:
        raise
    except (nbformat.reader.NotJSONError, json.JSONDecodeError, UnicodeDecodeError):
        raise UnreadableSubmission("The file is not a notebook: its text is not JSON.") from None
    except Exception as error:  # hostile or broken data: whatever goes wrong, it is a fact about the file
        raise UnreadableSubmission(f"The file cannot be read as a notebook ({type(error).__name__}).") from None
    read: NotebookNode = notebook
    return read


def essential(text: str) -> str:
    """The notebook's JSON without what grading throws away: outputs, and all metadata but the cells' ids of nbgrader.

    They may be megabytes, and nested as deep as one likes. Older formats, and what is no notebook, stay as they are.
    """
    found = json.loads(text)
    if not isinstance(found, dict) or found.get("nbformat") != 4 or not isinstance(found.get("cells"), list):
        return text
    if isinstance(found.get("metadata"), dict):
        found["metadata"] = {}
    for cell in found["cells"]:
        if isinstance(cell, dict):
            if isinstance(cell.get("outputs"), list):
                cell["outputs"] = []
            if isinstance(cell.get("metadata"), dict):
                claim = cell["metadata"].get("nbgrader")
                name = claim.get("grade_id") if isinstance(claim, dict) else None
                cell["metadata"] = {"nbgrader": {"grade_id": name}} if isinstance(name, str) else {}
    return json.dumps(found)


def require_sizes(notebook: NotebookNode) -> None:
    """Raise UnreadableSubmission for more cells or text than anybody writes."""
    if (cells := len(notebook.cells)) > MOST_CELLS:
        raise UnreadableSubmission(f"The notebook has {cells:,} cells; at most {MOST_CELLS:,} are read.")
    if (characters := sum(len(cell.source) for cell in notebook.cells)) > MOST_CHARACTERS:
        raise UnreadableSubmission(
            f"The cells hold {characters:,} characters of text; at most {MOST_CHARACTERS:,} are read."
        )


def read_plain_file(path: Path, most: int = MAX_BYTES) -> bytes:
    """The bytes of a file that is nothing but a file: a link could name anybody's, a pipe could wait for ever."""
    place = path.lstat()
    if not stat.S_ISREG(place.st_mode):
        raise UnreadableSubmission(
            f"{path.name!r} is not a plain file (a link, a folder or a device); hand in the file."
        )
    if place.st_size > most:
        raise UnreadableSubmission(f"{path.name!r} has {place.st_size:,} bytes; at most {most:,} are read.")
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        return file.read(most)


def file_hash(path: Path) -> str:
    """SHA-256 of a submitted file; empty when it cannot be read."""
    try:
        return hashlib.sha256(read_plain_file(path)).hexdigest()
    except (OSError, UnreadableSubmission):
        return ""


def submitted_notebooks(folder: Path) -> list[Path]:
    """The notebooks of a submission, by name. Files whose names begin with a dot are an editor's or a system's."""
    return sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith("."))


def find_submitted(path: Path) -> tuple[Path, str]:
    """The file to grade for the expected `path`, and a note when it is another one.

    Browsers rename downloads ("05-attention (1).ipynb"). When the expected file is missing and exactly one other
    notebook was handed in, that one is graded.
    """
    if os.path.lexists(path):
        return path, ""
    others = submitted_notebooks(path.parent)
    if len(others) == 1:
        return others[0], f"The notebook was handed in as {quoted(others[0].name)}; it was graded as {path.name!r}."
    found = ", ".join(few([quoted(other.name) for other in others], 5)) or "no notebook"
    raise UnreadableSubmission(f"{path.name!r} was not handed in (found {found}).")


def read_submission(path: Path, released: NotebookNode) -> NotebookNode:
    """The submitted notebook, or the released one with the reason in its notes. It never raises."""
    try:
        found, note = find_submitted(path)
        notebook = read_notebook(found)
    except UnreadableSubmission as error:
        notebook = copy.deepcopy(released)
        notes(notebook).unreadable = str(error)
        notes(notebook).submission = file_hash(path)
    else:
        if note:
            notes(notebook).repairs.append(note)
    return notebook


def refuse_name(student: str) -> None:
    """Raise CourseError for a folder's name that nbgrader would not take as the plain name of a student.

    A pattern would grade another student's file; formgrader writes names into its pages as they are; what cannot be
    seen steers a terminal, or looks like somebody else.
    """
    folder = f"the folder {quoted(student)} has"
    if visible(student) != student or any(sign in student for sign in "\n\t") or student != student.strip():
        raise CourseError(f"{folder} a character in its name that cannot be seen: rename it")
    for signs, reads in (("*?[", "reads as a pattern"), ('<>&"', "shows in formgrader as HTML")):
        if any(sign in student for sign in signs):
            raise CourseError(f"{folder} one of {' '.join(signs)} in its name, which nbgrader {reads}: rename it")
