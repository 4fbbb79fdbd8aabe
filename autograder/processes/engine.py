"""The grader's engine: one warm process, the tier of isolation that holds here, and jobs for one submission each."""

from __future__ import annotations

import atexit
import json
import shutil
import socket
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from autograder.errors import CourseError
from autograder.isolation import leftovers, scratch
from autograder.isolation.client import Job, Zygote
from autograder.isolation.jail import TIERS
from autograder.isolation.visible_files import VisibleFiles, copy_packages, environment_files
from autograder.processes.frames import Frames, Late, Lost
from autograder.rules.limits import Limits

ENTER_SECONDS = 20.0
ENTRY = "autograder.processes.entry"


class NoIsolation(CourseError):
    """This machine isolates nothing, so nothing is graded."""


class Engine:
    """Use as a context manager, or call `close`.

    root: the course's folder, or the files that its jobs see.  tier: one of jail.TIERS, or "auto" for the best.
    """

    def __init__(self, root: Path | VisibleFiles, tier: str = "auto") -> None:
        if tier not in (*TIERS, "auto"):
            raise CourseError(f"the tier {tier!r} is unknown: {', '.join(TIERS)} and auto are known.")
        self.zygote = Zygote(root if isinstance(root, VisibleFiles) else environment_files(root), ENTRY)
        leftovers.sweep(scratch.remove)
        self.copies = Path(tempfile.mkdtemp(prefix=leftovers.prefix("packages")))
        self.copies.chmod(0o755)
        self.packages: dict[tuple[str, ...], str] = {(): ""}
        try:
            self.zygote.wait_until_ready()
            self.tier = self.choose(TIERS if tier == "auto" else (tier,))
        except BaseException:
            self.close()
            raise

    @property
    def alive(self) -> bool:
        """False when the warm process was lost, and all its jobs with it."""
        return self.zygote.process.poll() is None

    def choose(self, tiers: Sequence[str]) -> str:
        """The first tier that really holds here. Raises NoIsolation with the reasons when none does."""
        reasons: list[str] = []
        for tier in tiers:
            try:
                ours, theirs = socket.socketpair()
                job = self.fork("probe", tier, Limits(), [theirs])
                self.entered(job, Frames(ours))
                job.end()
                return tier
            except NoIsolation as error:
                reasons.append(f"  {tier}: {error}")
        raise NoIsolation(
            "Nothing here keeps submitted code away from the rest of the machine, so nothing is graded:\n"
            + "\n".join(reasons)
            + "\nGrade on Linux with user namespaces or Landlock and with libseccomp, or give --unsafe, which runs "
            "submissions with your own rights."
        )

    def fork(
        self,
        role: str,
        tier: str,
        limits: Limits,
        channels: Sequence[socket.socket],
        packages: Sequence[str] = (),
        seed: int = 0,
    ) -> Job:
        """A job that is about to enter its jail; `entered` says whether it did."""
        return self.zygote.fork(role, tier, limits, channels, self.copied(tuple(packages)), seed=seed)

    @staticmethod
    def entered(job: Job, line: Frames) -> str:
        """Wait until the job is in its jail; what it reached, in words. Raises NoIsolation when it cannot enter."""
        try:
            answer = json.loads(line.receive(line.clock() + ENTER_SECONDS))
        except (Lost, Late, ValueError):
            answer = {"refused": "the process did not enter its jail"}
        if "ready" not in answer:
            job.end()
            raise NoIsolation(answer["refused"])
        reached: str = answer["ready"]
        return reached

    def copied(self, packages: tuple[str, ...]) -> str:
        """A folder with read-only copies of these packages, made once."""
        if packages not in self.packages:
            folder = self.copies / str(len(self.packages))
            folder.mkdir()
            self.packages[packages] = str(copy_packages(packages, folder))
        return self.packages[packages]

    def close(self) -> None:
        self.zygote.close()
        shutil.rmtree(self.copies, ignore_errors=True)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def shared_engine(root: Path, tier: str = "auto") -> Engine:
    """This process's engine, started again if it was lost: warming one takes seconds, so a class is graded with one."""
    engine = engine_for(environment_files(root), tier)
    if not engine.alive:  # lost: killed for memory, say
        engine.close()
        engine_for.cache_clear()
        engine = engine_for(environment_files(root), tier)
    return engine


@cache
def engine_for(files: VisibleFiles, tier: str) -> Engine:
    engine = Engine(files, tier)
    atexit.register(engine.close)
    return engine
