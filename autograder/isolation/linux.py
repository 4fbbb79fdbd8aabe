"""The few system calls that Python does not offer, through the C library; each raises OSError when it fails."""

from __future__ import annotations

import ctypes
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x4000000, 0x8000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 22, 24
PR_SET_NO_NEW_PRIVS, PR_SET_CHILD_SUBREAPER = 38, 36
MNT_DETACH = 2
LAST_CAPABILITY = 63


def checked(result: int, what: str) -> int:
    """The result of a C call, or OSError naming `what` when it says that it failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def unshare(flags: int) -> None:
    checked(libc.unshare(flags), "unshare")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    encoded = [text.encode() or None for text in (source, target, kind)]
    checked(libc.mount(*encoded, ctypes.c_ulong(flags), options.encode() or None), f"mount {target}")


def pivot_root(new: str, old: str) -> None:
    checked(libc.pivot_root(new.encode(), old.encode()), "pivot_root")


def detach(path: str) -> None:
    checked(libc.umount2(path.encode(), MNT_DETACH), f"umount {path}")


def prctl(option: int, *values: int) -> int:
    padded = [*values, 0, 0, 0, 0][:4]
    return checked(libc.prctl(option, *[ctypes.c_ulong(value) for value in padded]), f"prctl {option}")


def syscall(number: int, *values: object) -> int:
    return checked(libc.syscall(number, *values), f"system call {number}")


def drop_bounding_set() -> None:
    """Nothing executed later can gain a capability."""
    for capability in range(LAST_CAPABILITY + 1):
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
            break  # past the last one that this kernel knows, or not permitted: then there is none to drop


def drop_capabilities() -> None:
    """Give up every capability of this process, for good."""
    header, nothing = struct.pack("Ii", 0x20080522, 0), bytes(24)
    checked(libc.capset(ctypes.c_char_p(header), ctypes.c_char_p(nothing)), "capset")
