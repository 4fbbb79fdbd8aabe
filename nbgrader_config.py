"""nbgrader's configuration: our folders, and our grader behind nbgrader's own extension points.

Run-time state (gradebook, submissions, feedback) lives in gradebook/, or in the folder that GRADEBOOK names.
"""

import os
import sys
from pathlib import Path

from autograder.nbgrader_hooks.lock import COMMANDS, lock_process, refuse_server_elsewhere
from autograder.nbgrader_hooks.pages import FILTERS
from autograder.nbgrader_hooks.reader import expect_notebooks

root = Path(__file__).resolve().parent
refuse_server_elsewhere(root)
state = os.environ.get("GRADEBOOK", "gradebook")
(root / state).mkdir(parents=True, exist_ok=True)  # SQLite makes no folders
if not (root / state / ".gitignore").exists():  # whatever the folder is called, git does not see what students wrote
    (root / state / ".gitignore").write_text("*\n", encoding="utf-8")
# nbgrader calls `alembic` by name when it first makes a gradebook.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
os.environ.setdefault("OMP_NUM_THREADS", "1")

c = get_config()  # noqa: F821  (traitlets puts it here)

c.CourseDirectory.root = str(root)
c.CourseDirectory.course_id = "transformers"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.source_with_tests_directory = f"{state}/source_with_tests"
c.CourseDirectory.solution_directory = f"{state}/solution"
c.CourseDirectory.submitted_directory = f"{state}/submitted"
c.CourseDirectory.autograded_directory = f"{state}/autograded"
c.CourseDirectory.feedback_directory = f"{state}/feedback"
c.CourseDirectory.db_url = f"sqlite:///{root / state / 'gradebook.db'}"

# Releases: exercises/ is committed, so it always exists already.
c.GenerateAssignment.force = True
c.ClearSolutions.code_stub = {"python": 'raise NotImplementedError("write your code here")'}

# Grading: regrade whatever is named, so that a second hand-in never keeps the first one's score.
c.Autograde.force = True
c.Autograde.exporter_class = "autograder.nbgrader_hooks.reader.SubmissionReader"
if "autograde" in sys.argv:  # what lies beside a submitted notebook is never copied; other commands do copy
    c.CourseDirectory.ignore = ["*"]
c.Autograde.pre_convert_hook = expect_notebooks(root / "exercises")
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "autograder.nbgrader_hooks.repair.Repair",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "autograder.nbgrader_hooks.execute.IsolatedExecute",
    "autograder.nbgrader_hooks.repair.CleanOutputs",
    "nbgrader.preprocessors.LimitOutput",
    "autograder.nbgrader_hooks.record.Record",
]
c.Execute.extra_arguments = ["--log-level=ERROR"]  # each kernel warns about its port otherwise
c.Record.history = f"{state}/history"
if COMMANDS & set(
    sys.argv
):  # one at a time in a gradebook; our own commands and formgrader's button see to it themselves
    lock_process(c.CourseDirectory.db_url)

# Feedback: verdict and message only.
c.GenerateFeedback.force = True
c.GenerateFeedback.exporter_class = "autograder.nbgrader_hooks.feedback.FeedbackExporter"
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "autograder.nbgrader_hooks.feedback.Redact",
]

# Pages that show what students wrote, formgrader's among them: text and pictures, and nothing that a browser runs.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = FILTERS

c.ExportApp.plugin_class = "autograder.nbgrader_hooks.export.CsvExport"
c.ExportPlugin.to = f"{state}/grades.csv"
