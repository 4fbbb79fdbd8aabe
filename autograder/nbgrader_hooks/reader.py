"""nbgrader reads submissions through these: its exporter for autograde, and its hook before a conversion."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory

from autograder.grading.reading import read_bounded
from autograder.nbgrader_hooks.handed_in import read_timestamp, set_aside
from autograder.nbgrader_hooks.lock import gradebook_lock
from autograder.nbgrader_hooks.registered import handout_path
from autograder.nbgrader_hooks.standing import Scores, earlier_scores, keep, passed_over
from autograder.notebooks.handout import read_handout
from autograder.notebooks.plain_text import visible
from autograder.notebooks.submission import notes, refuse_name

NOT_GRADED = (
    "{} holds no notebook, so it was passed over and keeps whatever score it has. "
    "`python -m autograder grade` gives it a named zero."
)


class SubmissionReader(NotebookExporter):
    """nbgrader's exporter for autograde (`Autograde.exporter_class`).

    It holds the gradebook's lock while it converts, because formgrader's button comes by no command of ours.
    """

    def __init__(self, *arguments: Any, **kw: Any) -> None:
        super().__init__(*arguments, **kw)
        self._earlier: dict[str, Scores] = {}
        with self._lock():  # nbgrader makes its exporter before it removes what an earlier grading left
            if isinstance(self.parent, Autograde):
                self._earlier = earlier_scores(self.parent)
                for folder in passed_over(self.parent):
                    self.log.error("%s", NOT_GRADED.format(visible(folder)))

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        with self._lock():
            return self._converted(Path(filename), resources, **kw)

    def _lock(self) -> AbstractContextManager[None]:
        return gradebook_lock(CourseDirectory(parent=self).db_url)

    def _converted(self, path: Path, resources: Any, **kw: Any) -> Any:
        resources = {} if resources is None else resources
        # The kernel of the grading pass starts in this folder.
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        ids, course = resources["nbgrader"], CourseDirectory(parent=self)
        refuse_name(ids["student"])
        if path.parent == Path(course.format_path(course.autograded_directory, ids["student"], ids["assignment"])):
            notebook = nbformat.read(path, as_version=4)  # nbgrader's second pass reads what the first one wrote
        else:
            keep(ids["db_url"], ids["assignment"], ids["student"], self._earlier.pop(ids["student"], {}))
            notebook = self._read(path, handout_path(course, ids["assignment"], ids["notebook"]))
        return self.from_notebook_node(notebook, resources, **kw)

    def _read(self, path: Path, released: Path) -> NotebookNode:
        notebook = read_bounded(path, read_handout(released).notebook)
        if unreadable := notes(notebook).unreadable:
            self.log.warning("%s: %s", path, unreadable)
        if fault := read_timestamp(path.parent)[1]:
            notes(notebook).repairs.append(fault)
        return notebook


def expect_notebooks(release_directory: Path) -> Callable[..., None]:
    """A hook for `Autograde.pre_convert_hook`: what is graded are the notebooks that were released, and no others.

    nbgrader skips notebooks it does not know and stops with an error when none is left, which would keep an old
    score, and one whose name is no text stops it, too. With the expected name in the list, a renamed or missing
    notebook gets a verdict like any other.
    It runs before nbgrader reads the time of the submission, so what is no time is set aside here.
    """

    def hook(assignment: str, student: str, notebooks: list[str]) -> None:
        folder = Path(notebooks[0]).parent
        set_aside(folder)
        expected = [str(folder / path.name) for path in sorted((release_directory / assignment).glob("*.ipynb"))]
        notebooks[:] = expected or notebooks

    return hook
