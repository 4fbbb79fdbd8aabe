"""The rendered site, built once for all workers, from stored outputs and with every warning an error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site's HTML."""
    shared = tmp_path_factory.getbasetemp()
    if shared.name.startswith("popen-"):  # a worker of xdist: its parent folder is common to all
        shared = shared.parent
    html = shared / "book" / "_build" / "html"
    with FileLock(shared / "book.lock"):
        if not (html / "index.html").exists():
            command = [str(Path(sys.executable).parent / "jupyter-book"), "build", ".", "-W", "-n", "--keep-going"]
            command += ["--path-output", str(shared / "book")]
            result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            if result.returncode:
                (html / "index.html").unlink(missing_ok=True)
                pytest.fail(
                    f"the book does not build without warnings:\n{result.stdout[-3000:]}{result.stderr[-6000:]}"
                )
    return html
