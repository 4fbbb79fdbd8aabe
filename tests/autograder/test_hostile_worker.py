"""The judge, asked to talk with a worker that answers with whatever bytes it likes."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

import pytest

from autograder.processes import encode as wire
from autograder.processes.frames import Frames, Lost
from tests.autograder.test_judging import run


class Hostile:
    """A worker that answers with whatever bytes it is given."""

    def __init__(self, *answers: bytes, first: bytes = b"") -> None:
        ours, theirs = socket.socketpair()
        self.line, self.other = Frames(ours), Frames(theirs)
        if first:
            self.other.send(first)
        self.thread = threading.Thread(target=self.answer, args=[answers], daemon=True)
        self.thread.start()

    def answer(self, answers: tuple[bytes, ...]) -> None:
        with contextlib.suppress(Lost, OSError):
            for each in answers:
                self.other.receive()
                self.other.send(each)
        self.other.close()


def value(number: int, **more: Any) -> bytes:
    return wire.encode({"id": number, **more})


TAMPERED = {
    "another number": [value(9, value=1)],
    "no dictionary": [wire.encode([1, 2])],
    "garbage": [b"\xff" * 40],
    "a number of another question": [value(1, value=2), value(1, value=4)],
    "deeply nested": [b"\x00\x01\x00\x00" + b"[" * 65536],
}


@pytest.mark.parametrize("name", TAMPERED)
def test_planted_answers_in_another_form_are_tampering(name: str) -> None:
    result = run(
        Hostile(*TAMPERED[name]).line, "try:\n    assert K == 2\n    assert K == 4\nexcept BaseException: pass"
    )
    assert result["kind"] == "tampered", result


def test_planted_an_answer_before_the_question_is_tampering() -> None:
    result = run(Hostile(value(1, value=2), first=value(1, value=2)).line, "assert K == 2")
    assert result["kind"] == "tampered"


def test_planted_a_lost_worker_cannot_be_caught() -> None:
    result = run(Hostile().line, "try: K\nexcept BaseException: pass")
    assert result["kind"] == "gone"


def test_planted_a_reference_that_agrees_with_everything_is_no_tensor() -> None:
    """The worker claims that a function's result is an object of the named class, whose methods say yes."""
    claims = [raw({"id": 1, "value": {"ref": 0, "classes": ["function"]}}),
              raw({"id": 2, "call": 0, "value": {"ref": 1, "classes": ["Value"]}, "leaves": []}),
              raw({"id": 3, "value": {"ref": 2, "classes": ["method"]}}), value(4, value=True)]  # fmt: skip
    result = run(Hostile(*claims).line, "assert double(1).allclose(torch.ones(1))")
    assert result["kind"] == "unfit", result


def raw(content: dict[str, Any]) -> bytes:
    """A frame's content with a reference in it, as a worker would write it."""
    return wire.encode({**content, "value": Marked()}, other=lambda _: content["value"])


class Marked:
    """Stands for an object in `raw`."""
