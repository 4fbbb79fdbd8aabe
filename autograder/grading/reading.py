"""Reading a submission within bounds: how much work its text makes is the student's choice."""

from __future__ import annotations

import copy
from pathlib import Path

from nbformat import NotebookNode
from nbformat.notebooknode import from_dict

from autograder.isolation.bounded import OutOfBounds, bounded
from autograder.notebooks.submission import file_hash, notes, read_submission


def read_bounded(path: Path, released: NotebookNode) -> NotebookNode:
    """As `read_submission`, in a process of its own with limits; what goes beyond them is unreadable."""
    try:
        read: NotebookNode = from_dict(bounded(lambda: read_submission(path, released)))
        return read
    except OutOfBounds as error:
        notebook = copy.deepcopy(released)
        notes(notebook).unreadable = f"The file cannot be read as a notebook: {error}."
        notes(notebook).submission = file_hash(path)
        return notebook
