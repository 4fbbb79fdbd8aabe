"""Running one submission: its cells in a worker, its tests in a judge, each in a sandbox, watched from here.

What comes from the worker is a student's word: outputs are cleaned, and an answer that was not asked for ends the run.
"""

from __future__ import annotations

import hmac
import json
import socket
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.grading.outputs import clean, error_output
from autograder.grading.verdict import Outcome, Reason
from autograder.isolation.clock import Clock
from autograder.isolation.watch import UNWATCHED
from autograder.processes.engine import Engine
from autograder.processes.frames import Frames, Late, Lost, Oversized
from autograder.rules.limits import Limits

GRACE = 1.0  # seconds for an interrupted cell to come to its end
JUDGE_GRACE = 10.0  # seconds that the judge may take longer than the student's code: it is ours, so it may be trusted
#: The kinds of result that the judge knows (`run_test`), as reasons of a verdict.
REASONS = {
    "passed": Reason.CORRECT,
    "wrong": Reason.WRONG,
    "unfit": Reason.WRONG,
    "raised": Reason.CRASHED,
    "gone": Reason.CRASHED,
    "timed out": Reason.TIMED_OUT,
    "tampered": Reason.TAMPERED,
    "untouched": Reason.NEEDS_REVIEW,
}
#: What a message calls each limit that the watching process may end the worker for.
OVER = {
    "cpu_seconds": "{} seconds of processor time",
    "wall_seconds": "{} seconds",
    "memory_mb": "{} MB of memory, all its processes together",
    "processes": "{} processes and threads",
    "disk_mb": "{} MB of files",
}
#: How libraries say that they got no memory.
NO_MEMORY = ("can't allocate memory", "bad_alloc", "Unable to allocate", "(MemoryError)")


class Session:
    """One submission's two processes. Use as a context manager."""

    def __init__(self, engine: Engine, limits: Limits, packages: tuple[str, ...], seed: int) -> None:
        self.limits, self.seed = limits, seed
        # Three lines, because nobody may answer for another: this process asks the worker for cells and the judge for
        # tests; during a test the judge asks the worker, directly, for the student's names and objects.
        cells, worker_cells = socket.socketpair()
        tests, judge_tests = socket.socketpair()
        judge_side, worker_side = socket.socketpair()
        # The largest answer that is read: four bytes for each character that may be kept, and room for errors.
        self.clock = Clock()
        self.cells = Frames(cells, limits.output_kb * 4000 + 1_000_000, self.clock)
        self.tests = Frames(tests, 1_000_000, self.clock)
        # The judge holds copies of what the student's code returns, and waits while that runs.
        roomy = Limits(cpu_seconds=limits.wall_seconds, memory_mb=4 * limits.memory_mb)
        self.worker = engine.fork(
            "worker", engine.tier, limits, [worker_cells, worker_side], packages, worker_seed(seed)
        )
        self.judge = engine.fork("judge", engine.tier, roomy, [judge_tests, judge_side], packages)
        try:
            self.tier = engine.entered(self.worker, self.cells)
            engine.entered(self.judge, self.tests)
        except BaseException:
            self.__exit__()
            raise
        self.deadline = self.clock() + limits.wall_seconds
        self.left = 1000 * limits.output_kb  # what the submission may still show
        self.count = 0  # of questions: an answer carries its question's number, so that none is taken for a later one
        self.lost: Outcome | None = None  # why nothing runs any more

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.worker.stop()  # both are told first, then waited for
        self.judge.stop()
        self.worker.end()
        self.judge.end()
        self.cells.close()
        self.tests.close()

    def cell(self, source: str, name: str) -> list[NotebookNode]:
        """Run a cell of the notebook; returns its outputs. name: how a message speaks of it."""
        if self.lost:
            return []
        self.count += 1
        request = {"op": "cell", "source": source, "id": self.count}
        end = min(self.deadline, self.clock() + self.limits.cell_seconds)
        try:
            self.cells.send(json.dumps(request).encode(), end)
            answer = self.answer(end)
        except Late:
            return self.interrupted(name)
        except (Oversized, ValueError):
            self.lose(Reason.TAMPERED, f"In {name} your process sent something that the grader did not ask for.")
            return []
        except Lost:
            self.lose(Reason.CRASHED, f"The process that runs your notebook ended in {name}.")
            return [] if self.lost is None else [error_output("Stopped", self.lost.message)]
        outputs, self.left = clean(answer.get("outputs"), self.left)
        if answer.get("cut") is True:
            text = f"[output cut: {self.limits.output_kb} kB are kept of the whole notebook]\n"
            outputs.append(new_output("stream", name="stderr", text=text))
        if answer.get("good") is not True and not any(o.output_type == "error" for o in outputs):
            outputs.append(error_output("Error", "The cell did not run to its end."))
        return outputs

    def answer(self, end: float) -> dict[str, Any]:
        """The worker's answer to the last question. Raises ValueError for anything else."""
        try:
            answer = json.loads(self.cells.receive(end))
        except RecursionError:  # nested so deeply that it is no worker's answer
            raise ValueError from None
        if type(answer) is not dict or answer.get("id") != self.count:
            raise ValueError
        return answer

    def interrupted(self, name: str) -> list[NotebookNode]:
        """After a cell's time is up: stop the cell; when that does not help, stop everything."""
        self.worker.interrupt()
        message = f"{name} did not finish within {self.limits.cell_seconds} seconds."
        try:
            self.answer(self.clock() + GRACE)
        except (Late, Lost, ValueError):
            self.lose(Reason.TIMED_OUT, f"{message[:-1]} and could not be interrupted.")
        if self.clock() > self.deadline:
            self.lose(Reason.TIMED_OUT, f"The notebook took more than {self.limits.wall_seconds} seconds.")
        return [error_output("CellTimeoutError", message)]

    def test(self, name: str, source: str, watched: Sequence[str] = (), **rules: Any) -> Outcome:
        """Let the judge run a test.

        watched: functions of torch's that the worker notes meanwhile.  rules: what `run_test`'s request has besides.
        """
        if self.lost:
            return self.lost
        self.count += 1
        left = max(0.1, min(self.deadline - self.clock(), self.limits.cell_seconds))
        request = {"name": name, "source": source, "seed": self.seed, "seconds": left, **rules}
        end = self.clock() + left + JUDGE_GRACE
        try:
            # The worker answers this question only when the judge is done with it: until then it serves the judge.
            self.cells.send(json.dumps({"op": "serve", "id": self.count, "watched": list(watched)}).encode(), end)
            self.tests.send(json.dumps(request).encode(), end)
            result = json.loads(self.tests.receive(end))
            if result["kind"] == "timed out":  # the student's code still runs: the judge can part from it only then
                self.worker.interrupt()
            settled = json.loads(self.tests.receive(end))["settled"]
        except (Late, Lost, ValueError, KeyError):
            self.lose(Reason.NEEDS_REVIEW, "The judge itself did not come to an end; a person has to look.")
            return self.lost or Outcome(Reason.NEEDS_REVIEW)
        outcome = Outcome(reason_of(result), message_of(result), result["seconds"])
        try:
            if not settled:
                raise Lost
            noted = self.answer(end).get("noted")
            if type(noted) is list:  # a student's word, and only ever against him
                outcome = replace(outcome, noted=tuple(name for name in watched if name in noted))
        except (Late, Lost, ValueError):
            self.lose(outcome.reason, f"Your process could not go on after {name}: {outcome.message}")
        if self.worker.over and self.lost:  # a limit explains the test's result better than what the judge saw of it
            return Outcome(self.lost.reason, self.lost.message, outcome.seconds)
        return outcome

    def lose(self, reason: Reason, message: str) -> None:
        """Give the worker up; what ended it, if a limit did, is the reason."""
        self.worker.end()
        if self.worker.over == UNWATCHED:
            reason, message = Reason.NEEDS_REVIEW, "The grader lost sight of what your code used; a person has to look."
        elif self.worker.over:
            most = getattr(self.limits, self.worker.over)
            reason, message = Reason.OVER_LIMIT, f"Your code used more than {OVER[self.worker.over].format(most)}."
        if self.lost is None:
            self.lost = Outcome(reason if reason is not Reason.CORRECT else Reason.TAMPERED, message)


def worker_seed(seed: int) -> int:
    """What the worker's generators start from: it repeats with the seed, and tells nothing of what the tests draw.

    The seed is the key of the hash, and has 63 bits: for whatever the tests may draw (32 of them) there are as many
    keys that give this value as for anything else, so a search leads nowhere.
    """
    key = seed.to_bytes(8, "big", signed=True)
    return int.from_bytes(hmac.digest(key, b"the generators of the worker", "sha256")[:4], "big")


def reason_of(result: dict[str, Any]) -> Reason:
    message = result["message"]
    memory = result["error"] == "MemoryError" or any(words in message for words in NO_MEMORY)
    return Reason.OVER_LIMIT if result["kind"] == "raised" and memory else REASONS[result["kind"]]


def message_of(result: dict[str, Any]) -> str:
    message: str = result["message"]
    if result["kind"] == "raised":
        return f"Your code raised {result['error']}: {message}".removesuffix(": ")
    if result["kind"] == "wrong":
        return message or "A check failed."
    return message
