"""The driver's side: start the warm process, ask it for sandboxed jobs, end them."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.isolation import groups, scratch
from autograder.isolation.jail import LANDLOCK, NAMESPACES, reachable
from autograder.isolation.visible_files import VisibleFiles
from autograder.rules.limits import Limits

START_SECONDS = 60.0
FIRST_USER, USERS = 61000, 4000  # ids that no system hands out by itself


class Job:
    """A sandboxed process, seen from outside. `over` names the limit that ended it, once it has ended."""

    def __init__(self, control: socket.socket, folder: str) -> None:
        self.control = control
        self.folder = folder
        self.over = ""
        self.ended = False

    def interrupt(self) -> None:
        """What Ctrl-C does in a notebook."""
        with contextlib.suppress(OSError):
            self.control.sendall(b"i")

    def stop(self) -> None:
        """Tell it to end, without waiting."""
        with contextlib.suppress(OSError):
            self.control.shutdown(socket.SHUT_WR)

    def end(self, wait: float = 5.0) -> None:
        """Stop it, if it still runs, and wait until nothing is left of it."""
        if self.ended:
            return
        self.ended = True
        self.stop()
        self.control.settimeout(wait)
        with contextlib.suppress(OSError, ValueError):
            self.over = json.loads(self.control.recv(1000) or b"{}").get("over", "")
        self.control.close()
        if self.folder:
            scratch.remove(self.folder)


class Zygote:
    """The warm process of this driver: `close` ends it.

    entry: the module that its forks enter by; it has `warm()` and `become(request, jail, descriptors)`.
    """

    def __init__(self, files: VisibleFiles, entry: str) -> None:
        self._group = groups.place_for_jobs()  # before the fork, which starts where this process is
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        program = Path(__file__).with_name("zygote.py")
        # -I: no environment variables, no user site, no working directory.  -S: no .pth files.  -B: write nothing.
        command = [sys.executable, "-I", "-S", "-B", str(program), str(theirs.fileno())]
        self.process = subprocess.Popen(
            command,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
                 "MKL_NUM_THREADS": "1", "MPLBACKEND": "module://matplotlib_inline.backend_inline"},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,  # a Ctrl-C at the terminal is for the driver, which ends its jobs itself
        )  # fmt: skip
        theirs.close()
        self.line = ours
        self.line.sendall(json.dumps({"files": files.as_dict(), "entry": entry, "fonts": font_cache()}).encode())
        self._reachable = all(reachable(path) for path in files.readable)
        first = secrets.randbelow(USERS)  # another grader at work on this machine begins elsewhere
        self._users = (FIRST_USER + (first + number) % USERS for number in itertools.count())

    def wait_until_ready(self) -> None:
        """Raises OSError when the warm process does not come up."""
        self.line.settimeout(START_SECONDS)
        if self.line.recv(100) != b"ready":
            raise OSError("the warm process of the grader did not start; its complaint stands above")

    def fork(
        self, role: str, tier: str, limits: Limits, channels: Sequence[socket.socket], packages: str = "", **more: Any
    ) -> Job:
        """A job of this role in a jail of this tier. channels: its ends of sockets; they are closed here."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # As root a job gets an id of its own, unless only root can get at the interpreter, and no new root is built.
        own = os.geteuid() == 0 and (tier == NAMESPACES or self._reachable)
        user = next(self._users) if own else 0
        folder = scratch.make(user) if tier == LANDLOCK else ""
        request = {"role": role, "tier": tier, "limits": limits.as_dict(), "user": user, "scratch": folder}
        request |= {"packages": packages, "group": self._group, **more}
        socket.send_fds(self.line, [json.dumps(request).encode()], [theirs.fileno(), *(c.fileno() for c in channels)])
        for each in (theirs, *channels):
            each.close()
        return Job(ours, folder)

    def close(self) -> None:
        self.line.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def font_cache() -> str:
    """Where this user's matplotlib keeps its list of fonts, so that the warm process need not make one."""
    import matplotlib

    return matplotlib.get_cachedir()
