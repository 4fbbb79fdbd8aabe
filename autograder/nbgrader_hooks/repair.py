"""nbgrader's preprocessors that make what is graded safe to look at: the repair, and the outputs cleaned."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Integer

from autograder.grading.outputs import clean
from autograder.nbgrader_hooks.registered import registered_assignment
from autograder.notebooks.repair import repair
from autograder.notebooks.submission import notes


def remove_beside(folder: Path) -> None:
    """Remove what nbgrader copied beside the notebook, links followed: it is no part of what is graded."""
    for path in folder.glob("*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.suffix != ".ipynb":
            path.unlink()


class Repair(NbGraderPreprocessor):
    """nbgrader's preprocessor for `repair` (in place of DeduplicateIds and OverwriteCells)."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        course, ids = CourseDirectory(parent=self), resources["nbgrader"]
        remove_beside(Path(course.format_path(course.autograded_directory, ids["student"], ids["assignment"])))
        assignment = registered_assignment(course, ids)
        nb, done = repair(nb, assignment.handout, assignment.sources, assignment.checksums)
        notes(nb).repairs.extend(done)
        for sentence in done:
            self.log.warning("%s: %s", ids["student"], sentence)
        return nb, resources


class CleanOutputs(NbGraderPreprocessor):
    """Outputs as text and pictures only, whichever executor they come from, before anything shows them."""

    most = Integer(1_000_000, help="Characters of output that are kept of a whole notebook").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        left = self.most
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs, left = clean(list(cell.outputs), left)
        return nb, resources
