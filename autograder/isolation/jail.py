"""Putting the calling process into its sandbox, in one of two tiers. If any step fails: OSError, and it must end."""

from __future__ import annotations

import os
import resource
import signal
import stat
from dataclasses import dataclass

from autograder.isolation import landlock, linux, memory, namespaces, syscalls
from autograder.isolation.visible_files import DEVICES, FACTS, VisibleFiles
from autograder.rules.limits import Limits

NAMESPACES, LANDLOCK = "namespaces", "landlock"
TIERS = (NAMESPACES, LANDLOCK)  # the better one first
OPEN_FILES = 256
STACK = 8 << 20


@dataclass(frozen=True)
class Jail:
    """Where a job is locked up. user: an id of its own (the grader runs as root) or 0.  scratch: its folder (Landlock).

    packages: a folder with copies of the packages that its assignment lists; empty for none.  group: where a group of
    the kernel's (cgroup v2) can be made for it; empty for nowhere.
    """

    tier: str
    files: VisibleFiles
    limits: Limits
    user: int
    scratch: str
    packages: str
    group: str = ""

    @property
    def home(self) -> str:
        return namespaces.SCRATCH if self.tier == NAMESPACES else self.scratch


def prepare(jail: Jail) -> None:
    """What the parent of the job does before it forks it."""
    if jail.tier == NAMESPACES:
        namespaces.separate()


def enter(jail: Jail) -> str:
    """What the job does first. Returns what was reached, in words, for the verdict."""
    os.setsid()
    code = filter_for(jail.tier)
    set_limits(jail)
    reached, rights = jail.tier, ""
    if jail.tier == NAMESPACES:
        namespaces.build_root(jail.files.readable, jail.files.hidden, jail.packages, jail.limits.disk_mb)
    linux.drop_bounding_set()
    places = visible(jail.files) if jail.tier == LANDLOCK else []
    if jail.user:
        os.setgroups([])
        os.setresgid(jail.user, jail.user, jail.user)
        os.setresuid(jail.user, jail.user, jail.user)
    elif os.geteuid() == 0:
        rights = ", as root without capabilities"
    if jail.tier == LANDLOCK:
        facts = [path for path in (*FACTS, "/proc/self") if os.path.exists(path)]
        shown = [*places, *facts, *([jail.packages] if jail.packages else [])]
        abi = landlock.restrict(shown, [jail.scratch, "/dev/null"])
        reached += f" {abi}"
        os.chdir(jail.scratch)
    linux.drop_capabilities()
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)  # after the change of user, which clears it
    syscalls.install(code)
    return f"{reached} + seccomp{rights}"


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


def visible(files: VisibleFiles) -> list[str]:
    """The readable paths, with every folder that holds something hidden taken apart: Landlock cannot subtract."""
    paths = [path for path in files.readable if path not in DEVICES]
    for secret in files.hidden:
        folder = os.path.dirname(secret)
        while not any(path == folder for path in paths):
            around = next(path for path in paths if folder.startswith(path + "/"))
            paths.remove(around)
            paths += [entry.path for entry in os.scandir(around)]
        paths.remove(folder)
        paths += [entry.path for entry in os.scandir(folder) if entry.path not in files.hidden]
    return [*paths, *DEVICES]


def set_limits(jail: Jail) -> None:
    """Limits that the kernel keeps for each process. The totals are kept by the process that watches."""
    limits = jail.limits
    megabyte = 1 << 20
    own = used_address_space()
    values = {
        # Memory is limited by `memory.limit`; this is for mappings of files and for what is only reserved.
        resource.RLIMIT_AS: own + 4 * limits.memory_mb * megabyte,
        resource.RLIMIT_STACK: STACK,
        resource.RLIMIT_CPU: limits.cpu_seconds + 5,
        resource.RLIMIT_FSIZE: limits.disk_mb * megabyte,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: limits.processes + others(jail),
    }
    for kind, value in values.items():
        _, most = resource.getrlimit(kind)
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(kind, (value, value))
    memory.limit(limits.memory_mb)


def used_address_space() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def others(jail: Jail) -> int:
    """Threads that count against the job's limit of processes without being its own.

    The kernel counts by user. A job with an id or a user namespace of its own starts at nothing.
    """
    if jail.user or jail.tier == NAMESPACES:
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
