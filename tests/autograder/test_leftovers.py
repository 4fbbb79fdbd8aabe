"""Nothing is left in temporary folders for good: what a killed grader leaves is swept by the next one."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.isolation import leftovers, scratch

DIES = """
import os, tempfile
from autograder.isolation import leftovers

tempfile.mkdtemp(prefix=leftovers.prefix("packages"))
os.kill(os.getpid(), 9)
"""


def test_folders_of_processes_that_ended_are_swept_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    own = Path(tempfile.mkdtemp(prefix=leftovers.prefix("packages")))
    for name in ("packages-abc", "packages-1", "job-notes"):
        (tmp_path / name).mkdir()
    kept = {path.name for path in tmp_path.iterdir()}
    (tmp_path / "target").mkdir()
    (tmp_path / "packages-999999999-1-x").symlink_to(tmp_path / "target")
    died = subprocess.run([sys.executable, "-c", DIES], env={"TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"})
    assert died.returncode == -9
    [swept] = leftovers.sweep(scratch.remove)
    assert not (tmp_path / swept).exists()
    assert own.is_dir()
    assert {path.name for path in tmp_path.iterdir()} == kept | {"target", "packages-999999999-1-x"}
