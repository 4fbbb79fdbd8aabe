"""Running a submission, as nbgrader's preprocessors: isolated and judged outside, or on the honour system.

Both leave what came of each graded cell in the notebook's notes, where record.py finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from traitlets import Bool, Integer, Unicode

from autograder.errors import CourseError
from autograder.grading.submission import fresh_seed, run_cells
from autograder.grading.verdict import Evidence, Outcome, Reason
from autograder.isolation.visible_files import environment_hash
from autograder.nbgrader_hooks.basis import HONOUR
from autograder.nbgrader_hooks.registered import repaired_assignment
from autograder.notebooks.assignment import Assignment
from autograder.notebooks.source import flag, name_of
from autograder.notebooks.submission import notes
from autograder.processes.engine import NoIsolation, shared_engine

PLAINLY = "Executor: nbgrader's own, on the honour system (no isolation: submitted code runs with your rights)."


class IsolatedExecute(NbGraderPreprocessor):
    """In place of nbgrader's Execute: student code in a sandbox, tests in a judge of their own."""

    unsafe = Bool(False, help="Run on the honour system instead, without any isolation.").tag(config=True)
    tier = Unicode("auto", help="The isolation to use: auto, namespaces or landlock.").tag(config=True)
    seed = Integer(-1, help="What the tests draw from; -1 for a fresh seed each time.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        if self.unsafe:
            return HonourSystemExecute(parent=self.parent).preprocess(nb, resources)
        course = CourseDirectory(parent=self)
        assignment = repaired_assignment(course, resources["nbgrader"], nb)
        outcomes, evidence = self.run_on_a_live_engine(nb, assignment, Path(course.root))
        note_outcomes(nb, outcomes, evidence)
        self.log.info("Isolation: %s", evidence.tier)
        return nb, resources

    def run_on_a_live_engine(
        self, nb: NotebookNode, assignment: Assignment, root: Path
    ) -> tuple[dict[str, Outcome], Evidence]:
        """Run the notebook; when the warm process was lost meanwhile, start it again and run the notebook once more.

        With the warm process its jobs end, which looks like a crash of the student's: such a run counts for nothing.
        """
        seed = fresh_seed() if self.seed < 0 else self.seed
        for _ in range(2):
            engine = shared_engine(root, self.tier)
            notes(nb).isolation = engine.tier
            try:
                ran = run_cells(nb, assignment, engine, seed)
            except (OSError, NoIsolation):
                if engine.alive:
                    raise
            else:
                if engine.alive:
                    return ran
            self.log.warning("The warm process of the grader was lost; it is started again.")
        raise CourseError("the warm process of the grader ended twice while this submission ran; see the system's log.")


class HonourSystemExecute(Execute):
    """nbgrader's Execute; an unreadable submission is not run, and a lost kernel is noted instead of raised.

    Student code and hidden tests share one kernel here, without isolation: for a class that is trusted.
    """

    def preprocess(self, nb: NotebookNode, resources: Any, *args: Any, **kw: Any) -> tuple[NotebookNode, Any]:
        self.log.warning(PLAINLY)
        notes(nb).isolation = HONOUR
        if not notes(nb).unreadable:
            try:
                nb, resources = super().preprocess(nb, resources, *args, **kw)
            except Exception as error:  # whatever the student's code did to the kernel, the class goes on
                # The cells that ran keep their outputs; those that did not have no execution count.
                notes(nb).crash = f"The kernel was lost ({type(error).__name__}): a cell ended or blocked its process."
                self.log.warning("%s: %s", resources["nbgrader"]["student"], notes(nb).crash)
        graded = [cell for cell in nb.cells if flag(cell, "grade") and "reply" in cell.metadata]
        outcomes = {name_of(cell): outcome_of(cell) for cell in graded}
        note_outcomes(nb, outcomes, Evidence("none (honour system)", None, notes(nb).submission, environment_hash()))
        return nb, resources

    def on_cell_executed(self, **kwargs: Any) -> None:
        """Note how the kernel answered; a count alone would not prove that a cell ran to its end."""
        super().on_cell_executed(**kwargs)
        kwargs["cell"].metadata.reply = kwargs["execute_reply"]["content"]["status"]


def outcome_of(cell: NotebookNode) -> Outcome:
    """What a kernel's outputs say: a passed test is one that ran and raised nothing, whatever it printed."""
    errors = [output for output in cell.outputs if output.output_type == "error"]
    if not errors:
        good = cell.metadata.reply == "ok"
        return Outcome(Reason.CORRECT) if good else Outcome(Reason.CRASHED, "The test did not run to its end.")
    name, message = errors[0].ename, errors[0].evalue
    if name == "AssertionError":
        return Outcome(Reason.WRONG, message or "A check failed.")
    if name == "CellTimeoutError":
        return Outcome(Reason.TIMED_OUT, "Your code did not finish in time: is there an endless loop?")
    return Outcome(Reason.CRASHED, f"Your code raised {name}: {message}")


def note_outcomes(nb: NotebookNode, outcomes: dict[str, Outcome], evidence: Evidence) -> None:
    """Put the outcomes into the notebook's notes."""
    noted = notes(nb)
    noted.outcomes = {name: NotebookNode(asdict(outcome)) for name, outcome in outcomes.items()}
    noted.evidence = NotebookNode(asdict(evidence))


def noted_outcomes(nb: NotebookNode) -> tuple[dict[str, Outcome], Evidence]:
    """What `note_outcomes` put there."""
    noted = notes(nb)
    outcomes = {name: outcome_from(entry) for name, entry in noted.outcomes.items()}
    return outcomes, Evidence(**noted.evidence)


def outcome_from(entry: Mapping[str, Any]) -> Outcome:
    """The Outcome of which `asdict` made this entry: with all of its fields, those that are added later, too."""
    return Outcome(**{**entry, "reason": Reason(entry["reason"]), "noted": tuple(entry["noted"])})
