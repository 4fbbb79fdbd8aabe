"""What must not happen while a hostile submission is graded, seen from outside: files, processes, the network.

The witness plants a folder that anybody may write to, a listener on every kind of local socket, and a mark that every
process of the grader's sandbox carries and cannot take off. After each case it says what was touched.
"""

from __future__ import annotations

import contextlib
import os
import resource
import secrets
import signal
import socket
import subprocess
import sysconfig
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from autograder.course.lifecycle import ROOT
from autograder.processes.engine import Engine
from tests.submissions.target import Target

GROWTH = 250 << 20  # bytes by which grading one submission may make the grader grow


class Listener:
    """Sockets on this machine that nothing may reach. `heard` lists those that were."""

    def __init__(self, folder: Path) -> None:
        self.heard: list[str] = []
        self.name = f"\0course-{secrets.token_hex(8)}"
        self.path = str(folder / "socket")
        self.tcp = self.listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0), "tcp")
        self.udp = self.listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0), "udp")
        self.abstract = self.listen(socket.AF_UNIX, socket.SOCK_STREAM, self.name, "abstract socket")
        self.file = self.listen(socket.AF_UNIX, socket.SOCK_DGRAM, self.path, "socket in the file system")
        os.chmod(self.path, 0o777)

    def listen(self, family: int, kind: int, address: object, name: str) -> socket.socket:
        line = socket.socket(family, kind)
        line.bind(address)
        if kind == socket.SOCK_STREAM:
            line.listen()
        threading.Thread(target=self.wait, args=(line, name), daemon=True).start()
        return line

    def wait(self, line: socket.socket, name: str) -> None:
        with contextlib.suppress(OSError):
            while True:
                if line.type == socket.SOCK_STREAM:
                    line.accept()[0].close()
                else:
                    line.recv(100)
                self.heard.append(name)

    def close(self) -> None:
        for line in (self.tcp, self.udp, self.abstract, self.file):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()


class Witness:
    """Watches one engine. `facts`: what a case's text may name as @NAME@."""

    def __init__(self, engine: Engine, target: Target, folder: Path) -> None:
        self.engine, self.target, self.folder = engine, target, folder
        self.canary = folder / "canary"
        self.canary.mkdir()
        self.canary.chmod(0o777)
        self.secret = target.word
        (self.canary / "secret.txt").write_text(self.secret)
        (self.canary / "secret.txt").chmod(0o666)
        self.listener = Listener(self.canary)
        self.mark = f"mark{secrets.token_hex(6)}"
        self.library = Path(sysconfig.get_paths()["purelib"])
        import torch

        self.torch = Path(torch.__file__).parent
        self.score = unused_score()
        Path(f"/proc/{engine.zygote.process.pid}/oom_score_adj").write_text(str(self.score))
        self.facts = {
            "CANARY": str(self.canary),
            "COURSE": str(target.course.root),
            "REPO": str(ROOT),
            "TORCH": str(self.torch),
            "TCP": str(self.listener.tcp.getsockname()[1]),
            "UDP": str(self.listener.udp.getsockname()[1]),
            "ABSTRACT": self.listener.name[1:],
            "MARK": self.mark,
            "SECONDS": f"6{secrets.randbelow(10**8):08d}",  # what a process that stays behind sleeps
            "GRADER": str(os.getpid()),
            "ZYGOTE": str(engine.zygote.process.pid),
        }
        self.before = self.fingerprint()
        self.size = peak()

    def fingerprint(self) -> dict[str, tuple[int, ...]]:
        """Every file of the canary folder and the attacked course, and the places where a library could be planted."""
        places = [self.library, self.torch, self.torch / "version.py"]  # elsewhere others may be at work: `planted`
        folders = [self.canary, self.target.course.root]
        found = [*places, *folders, *(path for folder in folders for path in folder.rglob("*"))]
        return {str(path): facts_of(path) for path in found}

    def breaches(self, texts: Iterable[str]) -> list[str]:
        """What happened that must not; called when a submission has been graded. texts: all that it shows."""
        found = [f"the listener heard: {name}" for name in self.listener.heard]
        self.listener.heard.clear()
        now = self.fingerprint()
        found += [
            f"changed: {path}" for path in sorted(now.keys() | self.before) if now.get(path) != self.before.get(path)
        ]
        self.before = now
        found += [f"written: {path}" for path in self.planted()]
        found += [f"left behind: {entry}" for entry in self.scratch()]
        found += [f"a process is left: {text}" for text in self.survivors()]
        found += ["a secret came out" for text in texts if self.secret in text]
        if (growth := peak() - self.size) > GROWTH:
            found.append(f"the grader grew by {growth >> 20} MB")
        self.size = peak()
        if self.engine.zygote.process.poll() is not None:
            found.append("the warm process is gone")
        return found

    def planted(self) -> list[str]:
        """Files named by the mark, wherever a submission could want to put one."""
        places = [
            Path("/"),
            Path("/tmp"),
            Path("/var/tmp"),
            Path("/dev/shm"),
            ROOT,
            ROOT.parent,
            Path.home(),
            self.library,
        ]
        found = [str(path) for place in places for path in [place / self.mark] if os.path.lexists(path)]
        for path in found:
            os.unlink(path)
        return found

    def scratch(self) -> list[str]:
        """Jobs' folders that are still there: the run's temporary folder holds nothing else of that name."""
        found = sorted(Path(tempfile.gettempdir()).glob("job-*"))
        subprocess.run(["rm", "-rf", "--", *map(str, found)], check=False)
        return [path.name for path in found]

    def survivors(self, patience: float = 3.0) -> list[str]:
        """Processes with the mark besides the warm one, after waiting a moment for them to end. They are ended here."""
        end = time.monotonic() + patience
        while (left := self.marked()) and time.monotonic() < end:
            time.sleep(0.01)
        found = []
        for pid in left:
            with contextlib.suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                found.append(f"{pid} {words[:80]}")
                os.kill(pid, signal.SIGKILL)
        return found

    def marked(self) -> list[int]:
        return [pid for pid in processes() if pid != self.engine.zygote.process.pid and score_of(pid) == self.score]

    def close(self) -> None:
        self.listener.close()


def facts_of(path: Path) -> tuple[int, ...]:
    try:
        found = path.lstat()
    except OSError:
        return ()
    return (found.st_mode, found.st_uid, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_nlink)


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def score_of(pid: int) -> int:
    """How ready the kernel is to end this process. Forks and programs that they start inherit it, whatever they do."""
    try:
        return int(Path(f"/proc/{pid}/oom_score_adj").read_text())
    except (OSError, ValueError):
        return 0


def unused_score() -> int:
    taken = {score_of(pid) for pid in processes()}
    return next(score for score in (100 + secrets.randbelow(400) for _ in range(10_000)) if score not in taken)
