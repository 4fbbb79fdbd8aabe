"""A group of the kernel's (cgroup v2) around one job, so that the kernel keeps the limit on all its processes together.

An ordinary user has such groups only where some were handed to him: `systemd-run --user --scope -p Delegate=yes make
grade`, say, or a container with a writable cgroup. Elsewhere the process that watches counts (`usage.py`), as it does
anyway.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path

from autograder.isolation import leftovers

NEEDED = ("memory", "pids")
OURS = "grader"  # the group of the grader itself: a group that has groups of its own may hold no process


def own_group() -> Path | None:
    """The group of this process in the file system of cgroup v2; None where there is none."""
    groups = Path("/proc/self/cgroup").read_text() if os.path.exists("/proc/self/cgroup") else ""
    mine = [line.removeprefix("0::") for line in groups.splitlines() if line.startswith("0::")]
    mounts = [line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines() if " - cgroup2 " in line]
    if not mine or not mounts:
        return None
    root, place = mounts[0][3], Path(mounts[0][4])
    inside = mine[0].removeprefix(root) if root != "/" else mine[0]
    return place / inside.lstrip("/")


def lacking(group: Path | None) -> str:
    """Why no groups for jobs can be made in this one; empty when they can."""
    if group is None:
        return "there is no cgroup v2"
    controllers = words(group / "cgroup.controllers")
    if missing := [name for name in NEEDED if name not in controllers]:
        return f"its group in cgroup v2 has no controller for {' and '.join(missing)}"
    files = [group, *(group / name for name in ("cgroup.procs", "cgroup.subtree_control"))]
    if not all(os.access(path, os.W_OK) for path in files):
        return "its group in cgroup v2 belongs to somebody else"
    return ""


def lacking_here() -> str:
    """Why this process can have no groups for its jobs; empty when it can."""
    group = own_group()
    if group and group.name == OURS and hands_on(group.parent):
        return lacking(group.parent)
    why = lacking(group)
    return why or ("" if group and (hands_on(group) or alone_in(group)) else "other processes are in its group")


def alone_in(group: Path) -> bool:
    """Is nobody in this group but this process, and those that it comes from?"""
    return set(map(int, words(group / "cgroup.procs"))) <= {os.getpid(), *ancestors(os.getpid())}


def hands_on(group: Path) -> bool:
    """Do the groups in this one have the controllers that a job needs?"""
    return set(NEEDED) <= set(words(group / "cgroup.subtree_control"))


def words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []


def place_for_jobs() -> str:
    """A group that groups for jobs can be made in; empty where there is none. This process may be moved beside them."""
    try:
        group = own_group()
        if group and group.name == OURS and hands_on(group.parent):
            group = group.parent  # this process, or one that it comes from, was here before
        if group is None or lacking(group) or not (hands_on(group) or made_room(group)):
            return ""
        for stale in leftovers.stale(group):
            with contextlib.suppress(OSError):
                os.rmdir(stale)
        return str(group)
    except OSError:
        return ""


def made_room(group: Path) -> bool:
    """Move this process, and those that it comes from, out of the group, so that it can hand its controllers on.

    False, and nothing is changed, when others are in it as well.
    """
    if not alone_in(group):
        return False
    present = words(group / "cgroup.procs")
    ours = group / OURS
    ours.mkdir(exist_ok=True)
    try:
        for process in present:
            (ours / "cgroup.procs").write_text(process)
        (group / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in NEEDED))
    except OSError:
        for process in present:
            (group / "cgroup.procs").write_text(process)
        ours.rmdir()
        return False
    return True


def ancestors(process: int) -> list[int]:
    found: list[int] = []
    while process > 1:
        process = int(Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()[1])
        found.append(process)
    return found


class Group:
    """The group of one job."""

    def __init__(self, place: str, memory: int, processes: int) -> None:
        """Raises OSError where it cannot be made. memory: bytes, files in memory among them."""
        self.path = Path(tempfile.mkdtemp(prefix=leftovers.prefix("job"), dir=place))
        try:
            (self.path / "memory.max").write_text(str(memory))
            (self.path / "memory.oom.group").write_text("1")  # all of it ends, not the process that happens to ask
            (self.path / "pids.max").write_text(str(processes))
        except OSError:
            self.path.rmdir()
            raise
        with contextlib.suppress(OSError):  # where the kernel does not count what is swapped out
            (self.path / "memory.swap.max").write_text("0")

    def enter(self) -> None:
        """This process, and all that it will start, is in the group."""
        (self.path / "cgroup.procs").write_text("0")

    @property
    def over(self) -> str:
        """The limit that the kernel ended the group for; empty for none."""
        events = words(self.path / "memory.events")
        counts = dict(zip(events[::2], events[1::2], strict=False))
        return "memory_mb" if int(counts.get("oom_kill", 0)) else ""

    def end(self) -> None:
        """Kill all that is in it."""
        with contextlib.suppress(OSError):
            (self.path / "cgroup.kill").write_text("1")

    def remove(self) -> None:
        """When its processes have ended; the kernel may take a moment to see that."""
        for _ in range(100):
            with contextlib.suppress(OSError):
                self.path.rmdir()
                return
            time.sleep(0.005)
