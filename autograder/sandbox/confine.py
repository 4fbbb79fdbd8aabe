"""Putting the calling process into its sandbox, in one of two tiers. If any step fails: OSError, and it must end."""

from __future__ import annotations

import os
import resource
import signal
import stat
from dataclasses import dataclass

from autograder.sandbox import landlock, linux, namespaces, syscalls
from autograder.sandbox.limits import Limits
from autograder.sandbox.world import DEVICES, FACTS, World

NAMESPACES, LANDLOCK = "namespaces", "landlock"
TIERS = (NAMESPACES, LANDLOCK)  # the better one first
OPEN_FILES = 256


@dataclass(frozen=True)
class Cell:
    """Where a job is locked up. user: an id of its own (the grader runs as root) or 0.  scratch: its folder (Landlock).

    packages: a folder with copies of the packages that its assignment lists; empty for none.
    """

    tier: str
    world: World
    limits: Limits
    user: int
    scratch: str
    packages: str

    @property
    def home(self) -> str:
        return namespaces.SCRATCH if self.tier == NAMESPACES else self.scratch


def prepare(cell: Cell) -> None:
    """What the parent of the job does before it forks it."""
    if cell.tier == NAMESPACES:
        namespaces.separate()


def enter(cell: Cell) -> str:
    """What the job does first. Returns what was reached, in words, for the verdict."""
    os.setsid()
    code = filter_for(cell.tier)
    set_limits(cell)
    reached = cell.tier
    if cell.tier == NAMESPACES:
        namespaces.build_root(cell.world.readable, cell.world.hidden, cell.packages, cell.limits.disk_mb)
    linux.drop_bounding_set()
    places = visible(cell.world) if cell.tier == LANDLOCK else []
    if cell.user:
        os.setgroups([])
        os.setresgid(cell.user, cell.user, cell.user)
        os.setresuid(cell.user, cell.user, cell.user)
    elif os.geteuid() == 0:
        reached += ", as root without capabilities"
    if cell.tier == LANDLOCK:
        facts = [path for path in (*FACTS, "/proc/self") if os.path.exists(path)]
        shown = [*places, *facts, *([cell.packages] if cell.packages else [])]
        abi = landlock.restrict(shown, [cell.scratch, "/dev/null"])
        reached += f" {abi}"
        os.chdir(cell.scratch)
    linux.drop_capabilities()
    syscalls.install(code)
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)  # after the change of user, which clears it
    return reached + " + seccomp"


def filter_for(tier: str) -> bytes:
    """The system-call filter of a tier; made once in a process and in its forks."""
    return syscalls.program(tier == NAMESPACES, needs_silence(tier))


def needs_silence(tier: str) -> bool:
    """True when neither a process namespace nor Landlock keeps signals inside."""
    return tier == LANDLOCK and landlock.version() < landlock.SCOPES_SIGNALS


def reachable(path: str) -> bool:
    """May any user get to this path?"""
    parts = [path]
    while parts[-1] != "/":
        parts.append(os.path.dirname(parts[-1]))
    return all(os.stat(part).st_mode & stat.S_IXOTH for part in parts[1:])


def visible(world: World) -> list[str]:
    """The readable paths, with every folder that holds something hidden taken apart: Landlock cannot subtract."""
    paths = [path for path in world.readable if path not in DEVICES]
    for secret in world.hidden:
        folder = os.path.dirname(secret)
        while not any(path == folder for path in paths):
            around = next(path for path in paths if folder.startswith(path + "/"))
            paths.remove(around)
            paths += [entry.path for entry in os.scandir(around)]
        paths.remove(folder)
        paths += [entry.path for entry in os.scandir(folder) if entry.path not in world.hidden]
    return [*paths, *DEVICES]


def set_limits(cell: Cell) -> None:
    """Limits that the kernel keeps for each process. The totals are kept by the process that watches."""
    limits = cell.limits
    megabyte = 1 << 20
    own = used_address_space()
    values = {
        resource.RLIMIT_AS: own + limits.memory_mb * megabyte,
        resource.RLIMIT_CPU: limits.cpu_seconds + 5,
        resource.RLIMIT_FSIZE: limits.disk_mb * megabyte,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: limits.processes + others(cell),
    }
    for kind, value in values.items():
        _, most = resource.getrlimit(kind)
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(kind, (value, value))


def used_address_space() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def others(cell: Cell) -> int:
    """Threads that count against the job's limit of processes without being its own.

    The kernel counts by user. A job with an id or a user namespace of its own starts at nothing.
    """
    if cell.user or cell.tier == NAMESPACES:
        return 0
    mine = os.getuid()
    total = 0
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                if entry.stat().st_uid == mine:
                    total += len(os.listdir(f"{entry.path}/task"))
            except OSError:  # it ended meanwhile
                continue
    return total
