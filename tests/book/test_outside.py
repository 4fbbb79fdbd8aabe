"""A downloaded notebook runs where nothing of this repository is: a clean folder, an environment of its own making.

The set-up cells are as `make home` writes them, for the public home or, while there is none, for one that is made up.
Its address is led to a clone of this checkout, so that they run as they are, network or not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT
from tools.home import SET_UP, Home, current, set_up_cell

pytestmark = pytest.mark.heavy  # it installs torch once more

CHAPTERS = sorted(ROOT.glob("book/[0-9][0-9]-*.ipynb"))
RELEASES = sorted(ROOT.glob("exercises/*/*.ipynb"))
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
HOME = current() or Home("https://github.com/an-account/the-course")
KERNEL = "outside"


def run(*command: str | Path, **environment: str) -> None:
    subprocess.run([str(part) for part in command], check=True, env={**os.environ, **environment})


@pytest.fixture(scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one kernel, of a fresh environment that has Jupyter's kernel and nothing else."""
    folder = tmp_path_factory.mktemp("outside")
    clone, python = folder / "clone.git", folder / "venv/bin/python"
    run("git", "clone", "--quiet", "--bare", ROOT, clone)
    run("git", "-C", clone, "tag", "--force", f"v{VERSION}", "HEAD")
    run(sys.executable, "-m", "venv", folder / "venv")
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "ipykernel", PYTHONPATH="")
    led_here = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{clone.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": HOME.url,
    }
    spec = {
        "argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": KERNEL,
        "language": "python",
        "env": {"PYTHONPATH": "", "OMP_NUM_THREADS": "1", "GIT_ALLOW_PROTOCOL": "file", **led_here},
    }
    (folder / "share/kernels" / KERNEL).mkdir(parents=True)
    (folder / "share/kernels" / KERNEL / "kernel.json").write_text(json.dumps(spec))
    absent = subprocess.run(
        [python, "-c", "import translator"], cwd=folder, env={"PATH": os.environ["PATH"]}, check=False
    )
    assert absent.returncode != 0, "the environment is not clean: it has the package before any set-up"
    return folder / "share"


@pytest.fixture
def execute(kernels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run a notebook in an empty folder with that kernel."""
    monkeypatch.setenv("JUPYTER_PATH", str(kernels))

    def execute(path: Path, allow_errors: bool = False) -> nbformat.NotebookNode:
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.source.startswith(SET_UP):
                cell.source = set_up_cell(HOME, VERSION)
        where = {"metadata": {"path": str(tmp_path)}}
        client = NotebookClient(notebook, timeout=900, kernel_name=KERNEL, resources=where, allow_errors=allow_errors)
        return client.execute()

    return execute


def unexpected(notebook: nbformat.NotebookNode) -> list[str]:
    """Errors beside what is left to solve, and beside names of classes whose cell is left to solve."""
    unsolved = ""
    found: list[str] = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type != "error":
                continue
            if output.ename == "NotImplementedError":
                unsolved += cell.source
            elif output.ename != "NameError" or f"class {output.evalue.split(chr(39))[1]}(" not in unsolved:
                found.append(f"{output.ename}: {output.evalue}")
    return found


def errors(notebook: nbformat.NotebookNode) -> list[str]:
    outputs = (output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs)
    return [output.ename for output in outputs if output.output_type == "error"]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_sets_itself_up_and_runs(execute, chapter: Path) -> None:
    execute(chapter)  # raises at the first error


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
def test_a_student_notebook_stops_only_at_what_is_not_solved(execute, release: Path, tmp_path: Path) -> None:
    """After the set-up cell of its chapter."""
    notebook = nbformat.read(release, as_version=4)
    chapter = nbformat.read(ROOT / "book" / release.name, as_version=4)
    notebook.cells.insert(0, next(cell for cell in chapter.cells if cell.source.startswith(SET_UP)))
    nbformat.write(notebook, tmp_path / release.name)
    done = execute(tmp_path / release.name, allow_errors=True)
    assert errors(done), "nothing is left to solve"
    assert unexpected(done) == []


def test_planted_a_notebook_that_needs_the_repository_is_caught(execute, tmp_path: Path) -> None:
    needs = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("from tools.hygiene import faults")])
    nbformat.write(needs, tmp_path / "needs.ipynb")
    assert errors(execute(tmp_path / "needs.ipynb", allow_errors=True)) == ["ModuleNotFoundError"]


def test_planted_a_name_that_no_unsolved_cell_defines_is_caught(execute, tmp_path: Path) -> None:
    texts = ["class Open(object):\n    raise NotImplementedError", "Open", "Missing"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in texts])
    nbformat.write(notebook, tmp_path / "names.ipynb")
    (fault,) = unexpected(execute(tmp_path / "names.ipynb", allow_errors=True))
    assert "Missing" in fault
