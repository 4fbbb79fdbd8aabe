"""Running a submission with nbgrader's own executor, on the honour system.

The student's cells and the hidden tests share one kernel here, without isolation: this executor is for a class that is
trusted. What this module adds to nbgrader's is that a kernel that dies or hangs ends in a verdict, not in an error.
"""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import Execute

from autograder.reader import notes

PLAINLY = "Executor: nbgrader's own, on the honour system (no isolation: submitted code runs with your rights)."


class HonourSystemExecute(Execute):
    """nbgrader's Execute; an unreadable submission is not run, and a lost kernel is noted instead of raised."""

    def preprocess(self, nb: NotebookNode, resources: Any, *args: Any, **kw: Any) -> tuple[NotebookNode, Any]:
        self.log.warning(PLAINLY)
        if notes(nb).unreadable:
            return nb, resources
        try:
            nb, resources = super().preprocess(nb, resources, *args, **kw)
        except Exception as error:  # whatever the student's code did to the kernel, the class goes on
            # The cells that ran keep their outputs; those that did not have no execution count.
            notes(nb).crash = f"The kernel was lost ({type(error).__name__}): a cell ended or blocked its process."
            self.log.warning("%s: %s", resources["nbgrader"]["student"], notes(nb).crash)
        return nb, resources

    def on_cell_executed(self, **kwargs: Any) -> None:
        """Note how the kernel answered; a count alone would not prove that a cell ran to its end."""
        super().on_cell_executed(**kwargs)
        kwargs["cell"].metadata.reply = kwargs["execute_reply"]["content"]["status"]
