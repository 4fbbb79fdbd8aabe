"""Feedback: for each graded cell the verdict and its message, never a test's source or traceback.

The page is `templates/verdict/index.html.j2`. It escapes what students wrote; no HTML, script or remote image of theirs
reaches a browser, and nothing is loaded from a network.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_solution
from traitlets.config import Config

from autograder.nbgrader_hooks.pages import FILTERS
from autograder.notebooks.plain_text import shortened, visible

SHOWN_TYPES = ("text/plain", "image/png")
OUTPUT_LIMIT = 20_000
SOURCE_LIMIT = 50_000
PICTURE_LIMIT = 2_000_000
TEMPLATES = Path(__file__).parent / "templates"


def shown(output: NotebookNode) -> NotebookNode:
    """The output as text or picture only, cut to OUTPUT_LIMIT characters of text."""
    if output.output_type == "stream":
        output.text = shortened(visible(output.text), OUTPUT_LIMIT)
    elif output.output_type == "error":
        output.ename, output.evalue = (shortened(visible(part), OUTPUT_LIMIT) for part in (output.ename, output.evalue))
    elif "data" in output:
        data = NotebookNode({kind: value for kind, value in output.data.items() if kind in SHOWN_TYPES})
        if len(data.get("image/png", "")) > PICTURE_LIMIT:
            data = NotebookNode({"text/plain": "[a picture that is too large for this page]"})
        if "text/plain" in data:
            data["text/plain"] = shortened(visible(data["text/plain"]), OUTPUT_LIMIT)
        output.data = data
    return output


def headings(source: str) -> str:
    """The headings of a task: enough to find one's way; the student has the whole text."""
    return "\n\n".join(line for line in source.splitlines() if line.startswith("#"))


def redact(notebook: NotebookNode) -> NotebookNode:
    """Empty the test cells and the locked code, keep the headings of the tasks and all that the student wrote."""
    for cell in notebook.cells:
        if (is_grade(cell) and not is_solution(cell)) or (is_locked(cell) and cell.cell_type == "code"):
            cell.source = ""
            if cell.cell_type == "code":
                cell.outputs = []
        elif is_locked(cell):
            cell.source = headings(cell.source)
        else:
            cell.source = shortened(visible(cell.source), SOURCE_LIMIT)
            if cell.cell_type == "code":
                cell.outputs = [shown(output) for output in cell.outputs]
    return notebook


class Redact(NbGraderPreprocessor):
    """nbconvert's preprocessor for `redact`; it runs after GetGrades."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        return redact(nb), resources


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML exporter with our template, whatever template formgrader's configuration names."""

    def __init__(self, config: Config | None = None, **kw: Any) -> None:
        config = Config() if config is None else copy.deepcopy(config)
        # The section of a class wins over that of its parent, which nbgrader fills with its own template.
        config.FeedbackExporter.template_name = "verdict"
        config.FeedbackExporter.filters = FILTERS
        config.FeedbackExporter.extra_template_basedirs = [str(TEMPLATES)]
        super().__init__(config=config, **kw)
