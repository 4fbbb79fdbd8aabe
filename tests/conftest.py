"""What several tests need and is slow to make: made once a session, also where several workers share the tests."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbgrader.api
import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("GRADEBOOK", "VIRTUAL_ENV")}


def once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that the first worker who asks makes and fills with `make`; the others wait for it.

    A `make` that raises fails every test that asks; each of them tries anew, in an empty folder.
    """
    shared = tmp_path_factory.getbasetemp()
    if shared.name.startswith("popen-"):  # a worker of xdist: its parent folder is common to all
        shared = shared.parent
    folder, mark = shared / name, shared / f"{name}.made"
    with FileLock(shared / f"{name}.lock"):
        if not mark.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            mark.touch()
    return folder


def copy_tracked(target: Path) -> None:
    """The tracked files of the working tree and the new ones, with `.venv` pointing to this environment."""
    listed = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    (target / ".venv").symlink_to(sys.prefix)


def sh(folder: Path, command: str) -> str:
    """Run a command as a person does who has activated nothing; returns all that it printed."""
    result = subprocess.run(["bash", "-euc", command], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    assert result.returncode == 0, f"{command}\n{result.stdout[-3000:]}\n{result.stderr[-6000:]}"
    return result.stdout + result.stderr


def tree(folder: Path) -> dict[str, bytes]:
    """Every file under the folder, with its bytes."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committed tree in a folder that the tests of one module may change."""
    target = tmp_path_factory.mktemp("clone")
    copy_tracked(target)
    return target


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committed tree with the book built from nothing, a warning being an error.

    While it was built, all that must not get into the site lay where it lies in an instructor's tree: the text view of
    the solutions, the bank, and under gradebook/ notebooks with every answer and hidden test in them. Only the tests
    of one module may run commands here (Sphinx keeps nothing for a tree that has moved, so a copy is no use to it).
    """

    def make(folder: Path) -> None:
        copy_tracked(folder)
        sh(folder, ".venv/bin/python tools/notebooks.py text")
        for source in sorted(folder.glob("solutions/*/*.ipynb")):
            for place in ("submitted/ada", "autograded/ada", "source_with_tests"):
                (folder / "gradebook" / place / source.stem).mkdir(parents=True)
                shutil.copy(source, folder / "gradebook" / place / source.stem)
        sh(folder, ".venv/bin/jupyter-book build . -W -n --keep-going")
        # A copy, so that the site stands still while the tests of a module build again.
        shutil.copytree(folder / "_build" / "html", folder.parent / "site", dirs_exist_ok=True)

    return once(tmp_path_factory, "built", make)


@pytest.fixture(scope="session")
def site(built: Path) -> Path:
    """The folder of the built site's HTML."""
    return built.parent / "site"


@pytest.fixture(scope="session", autouse=True)
def _alembic_is_asked_once() -> Iterator[None]:
    """A new gradebook starts `alembic heads`, for seconds; its answer is the installed nbgrader's, so one will do.

    The commands that tests start as processes of their own ask it themselves.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nbgrader.api, "get_alembic_version", functools.cache(nbgrader.api.get_alembic_version))
        yield
