"""The first tier: namespaces of the job's own, so that nothing outside exists for it.

User (when not root), mount, process, network, IPC and host-name namespaces; a new root on a private tmpfs that holds
the world read-only, bounded tmpfs for files, and no network device but a loopback that is down.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

from autograder.isolation import linux

OWN = linux.CLONE_NEWPID | linux.CLONE_NEWNET | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS
INSIDE_ID = 1000  # who the job is, in its own user namespace
LINKS = {"bin": "usr/bin", "lib": "usr/lib", "lib64": "usr/lib64"}
SCRATCH = "/tmp"


def separate() -> None:
    """Leave all namespaces of the system but the mounts. The next fork is process 1 of the new one."""
    if os.geteuid() == 0:
        linux.unshare(OWN)
        return
    user, group = os.geteuid(), os.getegid()
    linux.unshare(OWN | linux.CLONE_NEWUSER)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{INSIDE_ID} {user} 1"),
        ("gid_map", f"{INSIDE_ID} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def kept_flags(path: str) -> int:
    """Mount flags that an unprivileged remount has to repeat."""
    return os.statvfs(path).f_flag & (linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)


def bind(place: int, target: str) -> None:
    """Show what the descriptor `place` stands for at `target`, read-only."""
    if stat.S_ISDIR(os.fstat(place).st_mode):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "w"):
            pass
    linux.mount(f"/proc/self/fd/{place}", target, flags=linux.MS_BIND)
    device = linux.MS_NODEV if not stat.S_ISCHR(os.fstat(place).st_mode) else 0
    flags = linux.MS_REMOUNT | linux.MS_BIND | linux.MS_NOSUID | linux.MS_RDONLY | device | kept_flags(target)
    linux.mount("", target, flags=flags)


def build_root(readable: Iterable[str], hidden: Iterable[str], packages: str, disk_mb: int) -> None:
    """Replace this process's root by a new one that shows only `readable`, less `hidden`, and `packages`.

    packages: a folder with copies of listed packages, shown as it is; empty for none.
    """
    linux.unshare(linux.CLONE_NEWNS)  # here, not before: the process that watches keeps the system's mounts
    linux.mount("", "/", flags=linux.MS_REC | linux.MS_PRIVATE)
    shown = [path for path in readable if not os.path.islink(path)] + ([packages] if packages else [])
    places = {path: os.open(path, os.O_PATH) for path in shown}  # the new root is about to cover some of them
    root = SCRATCH
    linux.mount("tmpfs", root, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "size=4m,mode=755")
    for place in (SCRATCH, "/dev/shm"):
        os.makedirs(root + place, exist_ok=True)
        options = f"size={disk_mb}m,nr_inodes=8k,mode=1777"
        linux.mount("tmpfs", root + place, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, options)
    for path, descriptor in places.items():
        bind(descriptor, root + path)
        os.close(descriptor)
    for path in hidden:
        linux.mount("tmpfs", root + path, "tmpfs", linux.MS_RDONLY, "size=4k,mode=755")
    for link, target in LINKS.items():
        if os.path.isdir(f"{root}/{target}") and not os.path.lexists(f"{root}/{link}"):
            os.symlink(target, f"{root}/{link}")
    mount_proc(root)
    os.makedirs(f"{root}/.old")
    os.chdir(root)
    linux.pivot_root(".", ".old")
    os.chdir("/")
    linux.detach("/.old")
    os.rmdir("/.old")
    linux.mount("", "/", flags=linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | linux.MS_NOSUID | linux.MS_NODEV)
    os.chdir(SCRATCH)


def mount_proc(root: str) -> None:
    """The job's own /proc. Where a container forbids it, the job has none, which is stricter."""
    os.makedirs(f"{root}/proc")
    try:
        linux.mount("proc", f"{root}/proc", "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)
    except PermissionError:
        return
