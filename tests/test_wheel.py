"""The wheel, in an environment where nothing of the checkout can be imported: both packages work from it."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("translator", "autograder", "pyproject.toml", "README.md", "LICENSE")
TEXT = {
    "de": "der Hund schläft .|die Katze schläft .|der Hund läuft .|die Katze läuft .|ein Kind singt .|das Kind spielt ."
    "|der Mann singt .|die Frau spielt .|ein Hund spielt .|eine Katze singt .",
    "en": "the dog sleeps .|the cat sleeps .|the dog runs .|the cat runs .|a child sings .|the child plays ."
    "|the man sings .|the woman plays .|a dog plays .|a cat sings .",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of what belongs into it: setuptools writes beside its sources."""
    folder = tmp_path_factory.mktemp("wheel")
    (folder / "source").mkdir()
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / "source" / name)
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder / "built"]
    run([sys.executable, "-m", "pip", "wheel", *options, folder / "source"], folder)
    (found,) = (folder / "built").glob("*.whl")
    return found


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of an environment that has the wheel, and shares this one's libraries.

    A .pth file that stands in a shared folder is not read, so the editable install of the checkout stays outside.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    scheme = {"base": str(folder), "platbase": str(folder)}
    packages, found = (Path(sysconfig.get_path(name, "venv", scheme)) for name in ("purelib", "scripts"))
    shared = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    (packages / "shared.pth").write_text("\n".join(sorted(shared)) + "\n")
    options = ["--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
    run([sys.executable, "-m", "pip", "--python", found / "python", "install", *options, wheel], folder)
    return found


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A folder with nothing in it."""
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


def run(command: list[str | Path], folder: Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "GRADEBOOK")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == status, done.stdout + done.stderr
    return done


def test_the_wheel_holds_the_packages_their_types_and_templates_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert {name.split("/")[0] for name in names} == {"translator", "autograder"}
    expected = {
        str(path.relative_to(ROOT))
        for package in ("translator", "autograder")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert names == expected
    assert {"translator/py.typed", "autograder/py.typed"} <= names


def test_train_translate_evaluate_and_export_own_text(scripts: Path, empty: Path) -> None:
    where = "import translator, autograder; print(translator.__file__, autograder.__file__)"
    for path in run([scripts / "python", "-c", where], empty).stdout.split():
        assert Path(path).is_relative_to(scripts.parent)
    for language, text in TEXT.items():
        lines = text.split("|")
        for split, some in {"train": lines, "valid": lines[:3], "test": lines[3:6]}.items():
            (empty / f"{split}.{language}").write_text("\n".join(some) + "\n", encoding="utf-8")
    command: list[str | Path] = [scripts / "translator"]
    options = ["--pair", "de-en", "--vocabulary", "280", "--steps", "2", "--device", "cpu"]
    run([*command, "train", "--corpus", ".", "--out", "run", *options], empty)
    assert run([*command, "translate", "run", "der Hund singt ."], empty).stdout.count("\n") == 1
    scores = json.loads(run([*command, "evaluate", "run"], empty).stdout)
    assert scores["splits"]["test"]["sentences"] == 3
    assert "equal ours" in run([*command, "export", "run", "copy", "--format", "onnx"], empty).stderr
    assert {path.name for path in (empty / "copy").iterdir()} == {
        "encoder.onnx",
        "decoder.onnx",
        "model.json",
        "tokenizer.json",
    }


def test_planted_no_course_is_one_line_that_says_where_to_run_the_grader(scripts: Path, empty: Path) -> None:
    assert "grade" in run([scripts / "autograder", "--help"], empty).stdout
    verbs = [["course"], ["release"], ["grade"], ["grade", "05-attention"], ["check", "x.ipynb"]]
    code = f"""if True:
        import sys
        from autograder.__main__ import main
        for verb in {verbs}:
            sys.argv = ["autograder", *verb]
            print(main())"""
    done = run([scripts / "python", "-c", code], empty)
    assert done.stdout.split() == ["1"] * len(verbs)
    line = f"{empty} is no course (no nbgrader_config.py). Run this in the folder of the course, where solutions/ and"
    assert [error.startswith(line) for error in done.stderr.splitlines()] == [True] * len(verbs)
    assert list(empty.iterdir()) == []


def test_planted_a_missing_library_is_one_line_that_names_the_extra(scripts: Path, empty: Path) -> None:
    code = "import sys; sys.modules['nbgrader'] = None; from autograder.__main__ import main; sys.exit(main())"
    error = run([scripts / "python", "-c", code, "grade"], empty, status=1).stderr
    assert error == "nbgrader is missing. Install what the grader needs: " + (
        "pip install 'transformer-from-the-ground-up[grader]'\n"
    )


def test_every_library_that_the_packages_import_stands_in_an_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    stated = [
        *project["dependencies"],
        *(line for lines in project["optional-dependencies"].values() for line in lines),
    ]
    names = {re.split(r"[\[>=<]", line)[0].lower() for line in stated} | {"cycler"}  # which matplotlib's users need
    owners = importlib.metadata.packages_distributions()
    pattern = re.compile(r"^\s*(?:from|import) (\w+)", re.M)
    for package in ("translator", "autograder"):
        for path in (ROOT / package).rglob("*.py"):
            found = set(pattern.findall(path.read_text(encoding="utf-8"))) & set(owners) - {"translator", "autograder"}
            for module in found - set(sys.stdlib_module_names):
                assert {owner.lower() for owner in owners[module]} & names, f"{path}: {module} is in no extra"
