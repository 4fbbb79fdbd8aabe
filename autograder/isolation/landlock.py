"""Landlock: the kernel lets this process open only what is listed. It needs no privilege and no namespace."""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

from autograder.isolation import linux

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture
VERSION_FLAG, PATH_BENEATH = 1, 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE, IOCTL_DEV = 1, 2, 4, 8, 1 << 14, 1 << 15
READ = EXECUTE | READ_FILE | READ_DIR
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
BIND_CONNECT_TCP, SCOPE_SOCKETS_SIGNALS = 3, 3
SCOPES_SIGNALS = 6  # from this version on, signals to processes outside can be refused


def version() -> int:
    """Landlock's version in this kernel. Raises OSError where there is none."""
    return linux.syscall(CREATE_RULESET, None, 0, VERSION_FLAG)


def handled(abi: int) -> int:
    """Every kind of access to files that this version can refuse."""
    rights = (1 << 13) - 1
    for since, right in ((2, 1 << 13), (3, TRUNCATE), (5, IOCTL_DEV)):
        rights |= right if abi >= since else 0
    return rights


def restrict(readable: Iterable[str], writable: Iterable[str]) -> int:
    """From now on only what lies beneath these paths can be opened. Returns Landlock's version."""
    abi = version()
    rights = handled(abi)
    attributes = struct.pack("QQQ", rights, BIND_CONNECT_TCP if abi >= 4 else 0, SCOPE_SOCKETS_SIGNALS)
    size = 24 if abi >= SCOPES_SIGNALS else 16 if abi >= 4 else 8
    rules = linux.syscall(CREATE_RULESET, ctypes.c_char_p(attributes), size, 0)
    for paths, access in ((readable, READ), (writable, rights)):
        for path in paths:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            allowed = access if stat.S_ISDIR(os.fstat(place).st_mode) else access & ON_FILES
            rule = struct.pack("=Qi", allowed & rights, place)
            linux.syscall(ADD_RULE, rules, PATH_BENEATH, ctypes.c_char_p(rule), 0)
            os.close(place)
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    linux.syscall(RESTRICT_SELF, rules, 0)
    os.close(rules)
    return abi
