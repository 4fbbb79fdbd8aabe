"""Fail closed: where a part of the sandbox is missing, or would let something through, nothing runs."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from autograder.course.lifecycle import ROOT
from autograder.errors import CourseError
from autograder.isolation import jail, syscalls
from autograder.isolation.visible_files import VisibleFiles, copy_packages, environment_files
from autograder.processes.engine import Engine, NoIsolation
from autograder.processes.frames import Frames
from autograder.rules.limits import Limits


def test_planted_a_cell_that_cannot_be_entered_runs_nothing(isolated: Engine) -> None:
    """Fail closed: one step of the way into the cell fails, and the job ends instead of going on outside."""
    ours, theirs = socket.socketpair()
    job = isolated.zygote.fork("probe", isolated.tier, Limits(), [theirs], packages="/not/there")
    with pytest.raises(NoIsolation, match="No such file"):
        isolated.entered(job, Frames(ours))


def test_planted_without_libseccomp_there_is_no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syscalls, "library", broken)
    syscalls.program.cache_clear()
    try:
        with pytest.raises(OSError, match="libseccomp"):
            jail.filter_for(jail.NAMESPACES)
    finally:
        syscalls.program.cache_clear()


def broken() -> None:
    raise OSError("libseccomp is missing: install it")


def test_planted_without_any_tier_nothing_is_graded(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = Engine.__new__(Engine)
    monkeypatch.setattr(Engine, "fork", lambda *a, **k: None)

    def no(*_: object) -> str:
        raise NoIsolation("unshare: Operation not permitted")

    monkeypatch.setattr(Engine, "entered", staticmethod(no))
    with pytest.raises(NoIsolation, match=r"Operation not permitted[\s\S]*--unsafe"):
        refused.choose(jail.TIERS)


def test_planted_a_course_inside_the_environment_is_refused() -> None:
    with pytest.raises(CourseError, match="submissions can read"):
        environment_files(Path(sys.prefix) / "course")


def test_planted_a_package_that_is_not_there_is_named(tmp_path: Path) -> None:
    for bad in ("not_there_at_all", "os", "../up"):
        with pytest.raises(CourseError, match=r"course\.packages"):
            copy_packages([bad], tmp_path)


def test_what_is_hidden_is_not_visible_to_landlock(tmp_path: Path) -> None:
    for name in ("lib/site/torch", "lib/site/translator", "lib/other", "share"):
        (tmp_path / name).mkdir(parents=True)
    files = VisibleFiles((str(tmp_path),), (str(tmp_path / "lib/site/translator"),), (), ())
    found = {Path(path).relative_to(tmp_path).as_posix() for path in jail.visible(files) if str(tmp_path) in path}
    assert found == {"share", "lib/other", "lib/site/torch"}


def test_the_warm_process_ends_with_its_driver() -> None:
    with Engine(ROOT) as found:
        process = found.zygote.process
        assert process.poll() is None
    assert process.poll() is not None
