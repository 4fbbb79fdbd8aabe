"""The system-call filter, made by libseccomp (so that every architecture that it knows is covered).

Made once, as a program for the kernel; each sandboxed process installs it for itself. What is listed answers EPERM.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import struct
from functools import cache

from autograder.isolation import linux

ALLOW, ERRNO = 0x7FFF0000, 0x00050000
NOT_EQUAL, EQUAL, MASKED_EQUAL = 1, 4, 7
NEW_NAMESPACES = 0x7E020080  # the CLONE_NEW… flags of clone(2), time namespaces included
FILTER_MODE = 2

DENIED_NAMES = """
    ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd pidfd_open pidfd_send_signal process_madvise
    mount umount umount2 pivot_root chroot unshare setns open_tree move_mount fsopen fsconfig fsmount fspick
    mount_setattr open_by_handle_at name_to_handle_at swapon swapoff acct quotactl quotactl_fd syslog
    bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register
    keyctl add_key request_key init_module finit_module delete_module kexec_load kexec_file_load reboot
    personality lookup_dcookie move_pages migrate_pages mbind set_mempolicy memfd_secret vhangup iopl ioperm
    settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname nfsservctl modify_ldt
    memfd_create remap_file_pages vmsplice splice tee
    fanotify_init fanotify_mark inotify_init inotify_init1 mq_open msgget semget shmget
"""
# Landlock guards what is opened. Other users' files aside, the rest of what one user may do to his own files and
# processes has to be refused here: these calls are for the tier without namespaces.
DENIED_BESIDE_OTHERS_NAMES = """
    setsid setpgid setpriority ioprio_set sched_setaffinity sched_setscheduler sched_setparam sched_setattr
    chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat
    setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr setxattrat removexattrat
    shmat shmctl semop semctl semtimedop msgctl msgrcv msgsnd mq_unlink
    socket connect bind listen accept accept4 sendmsg sendmmsg
"""
DENIED, DENIED_BESIDE_OTHERS = DENIED_NAMES.split(), DENIED_BESIDE_OTHERS_NAMES.split()
# Memory that no process has in its tables is in no count: what makes it, or takes it out of the tables, is refused.
ANONYMOUS_SHARED, GROWS_DOWN = 0x21, 0x100  # mmap's flags
# madvise: DONTNEED, FREE, REMOVE, ...; and what makes huge pages, of which a small part keeps all.
REFUSED_ADVICE = (4, 8, 9, 14, 20, 21, 24, 25)
F_SETPIPE_SZ, PR_SET_PDEATHSIG = 1031, 1
BUFFER_SIZES = (socket.SO_SNDBUF, socket.SO_RCVBUF, 32, 33)  # the last two, for privileged processes
# The ways to let the kernel signal somebody else: an owner of a descriptor, and input that is told to him.
F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY, F_SETFL, O_ASYNC = 8, 10, 15, 1024, 1026, 4, 0x2000
FIOASYNC, FIOSETOWN, SIOCSPGRP = 0x5452, 0x8901, 0x8902
SIGNALS = ["kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"]


class Comparison(ctypes.Structure):
    """libseccomp's struct scmp_arg_cmp."""

    _fields_ = [
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("datum_a", ctypes.c_uint64),
        ("datum_b", ctypes.c_uint64),
    ]


def low_half(argument: int, value: int) -> Comparison:
    """The argument, of which the kernel looks at 32 bits only, is this value."""
    return Comparison(argument, MASKED_EQUAL, 0xFFFFFFFF, value)


@cache
def library() -> ctypes.CDLL:
    """libseccomp. Raises OSError, saying what to install, where it is missing."""
    try:
        found = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    except OSError:
        raise OSError(errno.ENOENT, "libseccomp is missing: install it (Debian, Ubuntu: libseccomp2)") from None
    found.seccomp_init.restype = ctypes.c_void_p
    found.seccomp_init.argtypes = [ctypes.c_uint32]
    found.seccomp_release.argtypes = [ctypes.c_void_p]
    found.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(Comparison)
    ]  # fmt: skip
    found.seccomp_export_bpf.argtypes = [ctypes.c_void_p, ctypes.c_int]
    return found


def rules(alone: bool, silent: bool) -> list[tuple[str, int, list[Comparison]]]:
    """The filter's rules: (system call, error, conditions on its arguments).

    alone: the process has namespaces of its own.  silent: signals to other processes have to be refused here.
    """
    found: list[tuple[str, int, list[Comparison]]] = [(name, errno.EPERM, []) for name in DENIED]
    # glibc falls back to clone, whose flags can be looked at, when clone3 is not there.
    found.append(("clone3", errno.ENOSYS, []))
    for bit in (1 << n for n in range(64) if NEW_NAMESPACES >> n & 1):
        found.append(("clone", errno.EPERM, [Comparison(0, MASKED_EQUAL, bit, bit)]))
    found.append(("socketpair", errno.EPERM, [Comparison(0, NOT_EQUAL, socket.AF_UNIX, 0)]))
    found.append(("mmap", errno.EPERM, [Comparison(3, MASKED_EQUAL, ANONYMOUS_SHARED, ANONYMOUS_SHARED)]))
    found.append(("mmap", errno.EPERM, [Comparison(3, MASKED_EQUAL, GROWS_DOWN, GROWS_DOWN)]))  # a stack, to the kernel
    found.append(("mremap", errno.EPERM, [Comparison(1, EQUAL, 0, 0)]))  # a second mapping of what is shared
    found += [("madvise", errno.EPERM, [low_half(2, advice)]) for advice in REFUSED_ADVICE]
    found.append(("fcntl", errno.EPERM, [low_half(1, F_SETPIPE_SZ)]))
    larger = [low_half(1, socket.SOL_SOCKET)]
    found += [("setsockopt", errno.EPERM, [*larger, low_half(2, option)]) for option in BUFFER_SIZES]
    found.append(("prctl", errno.EPERM, [low_half(0, PR_SET_PDEATHSIG)]))
    if alone:
        found.append(("socket", errno.EPERM, [Comparison(0, NOT_EQUAL, socket.AF_UNIX, 0)]))
    else:
        found += [(name, errno.EPERM, []) for name in DENIED_BESIDE_OTHERS]
        found.append(("prlimit64", errno.EPERM, [Comparison(0, NOT_EQUAL, 0, 0)]))  # of itself only
        # A datagram can be sent to any socket of the file system; a stream cannot.
        found.append(("socketpair", errno.EPERM, [Comparison(1, MASKED_EQUAL, 0xF, socket.SOCK_DGRAM)]))
    if silent:
        found += [(name, errno.EPERM, []) for name in SIGNALS]
        commands = (F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY)
        found += [("fcntl", errno.EPERM, [low_half(1, command)]) for command in commands]
        asynchronous = [low_half(1, F_SETFL), Comparison(2, MASKED_EQUAL, O_ASYNC, O_ASYNC)]
        found.append(("fcntl", errno.EPERM, asynchronous))
        found += [("ioctl", errno.EPERM, [low_half(1, request)]) for request in (FIOASYNC, FIOSETOWN, SIOCSPGRP)]
    return found


@cache
def program(alone: bool, silent: bool) -> bytes:
    """The filter as a program for this machine's kernel. Raises OSError when libseccomp cannot make it."""
    lib = library()
    context = lib.seccomp_init(ALLOW)
    if not context:
        raise OSError(errno.EINVAL, "libseccomp does not know this architecture")
    try:
        for name, error, conditions in rules(alone, silent):
            number = lib.seccomp_syscall_resolve_name(name.encode())
            if number < 0:
                continue  # this architecture, or this version of libseccomp, has no such call
            array = (Comparison * max(1, len(conditions)))(*conditions)
            if lib.seccomp_rule_add_array(context, ERRNO | error, number, len(conditions), array):
                raise OSError(errno.EINVAL, f"libseccomp refuses the rule for {name}")
        file = os.memfd_create("filter")
        try:
            if lib.seccomp_export_bpf(context, file):
                raise OSError(errno.EINVAL, "libseccomp cannot write the filter")
            return os.pread(file, 1 << 20, 0)
        finally:
            os.close(file)
    finally:
        lib.seccomp_release(context)


def install(code: bytes) -> None:
    """Put the filter around this process and all that it will start. There is no way back."""
    buffer = ctypes.create_string_buffer(code, len(code))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer)))
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    linux.prctl(linux.PR_SET_SECCOMP, FILTER_MODE, ctypes.addressof(header))
