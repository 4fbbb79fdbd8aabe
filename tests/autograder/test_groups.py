"""A group of the kernel's around a job, where this machine has one to give; and where it has not, why."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from autograder.isolation import groups
from autograder.isolation.groups import Group


def made(folder: Path, controllers: str = "cpu memory pids", handed_on: str = "") -> Path:
    """A folder with the files that a group has."""
    for name, text in {
        "cgroup.controllers": controllers,
        "cgroup.subtree_control": handed_on,
        "cgroup.procs": "",
    }.items():
        (folder / name).write_text(text)
    return folder


def test_planted_what_is_lacking_is_named(tmp_path: Path) -> None:
    assert groups.lacking(None) == "there is no cgroup v2"
    assert "no controller for memory" in groups.lacking(made(tmp_path, "cpu pids"))
    assert groups.lacking(made(tmp_path)) == ""
    (tmp_path / "cgroup.procs").unlink()
    assert "somebody else" in groups.lacking(tmp_path)


def test_a_job_may_be_placed_where_controllers_are_handed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "own_group", lambda: made(tmp_path, handed_on="memory pids"))
    assert groups.place_for_jobs() == str(tmp_path)
    monkeypatch.setattr(groups, "own_group", lambda: tmp_path / "grader")
    assert groups.place_for_jobs() == str(tmp_path), "a process that was moved once is not moved again"


def test_planted_a_group_with_strangers_in_it_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    made(tmp_path)
    monkeypatch.setattr(groups, "own_group", lambda: tmp_path)
    try:
        (tmp_path / "cgroup.procs").write_text(f"{os.getpid()}\n{stranger.pid}\n")
        assert groups.place_for_jobs() == ""
        assert not (tmp_path / "grader").exists()
        (tmp_path / "cgroup.procs").write_text(f"{os.getpid()}\n{os.getppid()}\n")
        assert groups.made_room(tmp_path)
        assert (tmp_path / "cgroup.subtree_control").read_text() == "+memory +pids"
    finally:
        stranger.kill()
        stranger.wait()


def test_the_limits_of_a_job_are_the_groups(tmp_path: Path) -> None:
    group = Group(str(tmp_path), 1 << 29, 16)
    found = {path.name: path.read_text() for path in group.path.iterdir()}
    assert found == {"memory.max": str(1 << 29), "memory.swap.max": "0", "memory.oom.group": "1", "pids.max": "16"}
    assert group.over == ""
    (group.path / "memory.events").write_text("low 0\nmax 3\noom 1\noom_kill 0\noom_group_kill 0\n")
    assert group.over == ""
    (group.path / "memory.events").write_text("low 0\nmax 3\noom 1\noom_kill 2\noom_group_kill 1\n")
    assert group.over == "memory_mb"


def test_a_real_group_holds_what_enters_it_and_ends_it_all() -> None:
    """In whatever group this machine lets us make, without its limits; where it lets us make none, it says why."""
    here = groups.own_group()
    if here is None or not os.access(here, os.W_OK) or os.geteuid():
        assert here is None or groups.lacking(here)
        return
    group = object.__new__(Group)
    group.path = here / f"job-{os.getpid()}"
    try:
        group.path.mkdir()
    except OSError:
        assert groups.lacking(here)
        return
    try:
        if (child := os.fork()) == 0:
            group.enter()
            if os.fork() == 0:
                os.setsid()
            time.sleep(60)
            os._exit(0)
        deadline = time.monotonic() + 20
        while len(groups.words(group.path / "cgroup.procs")) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(groups.words(group.path / "cgroup.procs")) == 2
        group.end()
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9
    finally:
        group.remove()
    assert not group.path.exists()
