"""The judge's end of the conversation with a worker: questions with a number, answers checked, copies kept in step."""

from __future__ import annotations

import builtins
import time
from collections.abc import Callable
from typing import Any

import torch

from autograder.processes.decode import decode
from autograder.processes.encode import WireError, encode, refuse
from autograder.processes.frames import Frames, Late, Lost, Oversized
from autograder.processes.judge.given import Givens

# Never StopIteration, which would end a loop of asserts without a sound, and nothing that is no Exception.
RAISED_NAMES = (
    "ArithmeticError AssertionError AttributeError BufferError EOFError FloatingPointError ImportError IndexError "
    "KeyError LookupError MemoryError ModuleNotFoundError NameError NotImplementedError OSError OverflowError "
    "PermissionError RecursionError RuntimeError SyntaxError TypeError UnboundLocalError UnicodeError ValueError "
    "ZeroDivisionError"
)
RAISED = RAISED_NAMES.split()


class Stop(BaseException):
    """The test cell cannot go on, whatever it tries to catch. The first argument is a kind, the second a sentence."""


class StudentError(Exception):
    """The student's code raised something that is not one of Python's usual errors."""


class Unfit(Exception):
    """What the student's code gave cannot be used as the test uses it."""


class Link:
    """Asks the worker about the student's names and objects, until `deadline`.

    Args:
        proxy: makes the test's handle for an object that stays with the worker, from this link, the object's number and
            its classes' names.
        number_of: the worker's number for such a handle, or None for anything else.
        givens: what the release gives and the student's code may call meanwhile.
    """

    def __init__(
        self,
        line: Frames,
        deadline: float,
        proxy: Callable[[Link, int, list[str]], Any],
        number_of: Callable[[Any], int | None],
        givens: Givens,
    ) -> None:
        self.line, self.deadline = line, deadline
        self.proxy, self.number_of, self.givens = proxy, number_of, givens
        self.owing = False  # an answer about what is given
        self.count = 0  # of the last question
        self.answers = 0  # that came from the student's side, in time and in form
        self.late = False
        self.stopped: Stop | None = None
        self.changed: list[str] = []  # functions that changed what they were given
        self.leaves: dict[int, torch.Tensor] = {}
        self.leaf_numbers: dict[int, int] = {}
        self.given: dict[int, tuple[int, int, torch.Tensor]] = {}
        self.inputs: list[torch.Tensor] = []
        self.outputs: list[torch.Tensor] = []

    def ask(self, **question: Any) -> dict[str, Any]:
        """The worker's answer. An error of the student's code is raised here as what it was."""
        if self.stopped:
            raise self.stopped
        answer = self.exchange(question)
        if "error" in answer:
            raise self.error(answer)
        self.answers += 1
        return answer

    def exchange(self, question: dict[str, Any]) -> dict[str, Any]:
        self.count += 1
        self.inputs, self.outputs = [], []
        try:
            data = encode({"id": self.count, **question}, other=self.send_object, extra=self.send_tensor)
        except WireError as error:
            raise Unfit(f"The test cannot hand this over: {error}") from None
        try:
            if self.line.pending():
                raise self.stop("tampered", "Something answered before the grader asked.")
            self.line.send(data, self.deadline)
            answer = self.receive()
            while "given" in answer:
                answer = self.receive()
        except WireError as error:
            raise self.stop(
                "tampered", f"Your process answered in a form that the grader did not ask for ({error})."
            ) from None
        except Late:
            self.late = True
            raise self.stop("timed out", "Your code did not finish in time: is there an endless loop?") from None
        except Oversized:
            raise self.stop("tampered", "Your process sent more than any answer may hold.") from None
        except Lost:
            raise self.stop("gone", "The process that runs your code ended during the test.") from None
        return answer

    def receive(self) -> dict[str, Any]:
        """The next frame of the worker's; where it is a question about what is given, it is answered."""
        data = self.line.receive(self.deadline)
        answer = decode(data, reference=self.receive_object, tensor=self.receive_tensor)
        if type(answer) is not dict or answer.get("id") != self.count:
            raise WireError("an answer to another question")
        if "given" in answer:
            self.owing = True
            self.tell(self.givens.answer(answer, len(data)))
        return answer

    def tell(self, reply: dict[str, Any]) -> None:
        """Answer the worker's question about what is given."""
        try:
            data = encode(reply, other=self.send_object)
        except (WireError, Unfit) as error:
            data = encode({"error": "RuntimeError", "text": str(error)})
        self.line.send(data, self.deadline)
        self.owing = False

    def stop(self, kind: str, sentence: str) -> Stop:
        self.stopped = Stop(kind, sentence)
        return self.stopped

    def close(self, grace: float = 1.0) -> bool:
        """Part from the worker. False when it does not come to an end: it is of no use any more."""
        self.deadline = time.monotonic() + grace
        try:
            if self.late:
                self.drain()
            elif self.stopped:
                return False
            self.count += 1
            self.line.send(encode({"id": self.count, "op": "done"}), self.deadline)
            answer = decode(self.line.receive(self.deadline))
            return type(answer) is dict and answer.keys() == {"id"} and repr(answer["id"]) == str(self.count)
        except (Late, Lost, WireError):
            return False

    def drain(self) -> None:
        """Receive what the worker still says to a question that nobody waits for; what it asks gets no answer."""
        while True:
            if self.owing:
                self.tell({"error": "KeyboardInterrupt", "text": ""})
            data = self.line.receive(self.deadline)
            answer = decode(data, tensor=lambda tensor, extra: None, reference=lambda node: None)
            self.owing = type(answer) is dict and "given" in answer
            if not self.owing:
                return

    def error(self, answer: dict[str, Any]) -> Exception:
        """The exception that the student's code raised, of the nearest class that is let through."""
        name, text = str(answer.get("error"))[:100], str(answer.get("text"))[:2000]
        names = [each for each in answer.get("classes") or [] if each in RAISED]
        error: Any = getattr(builtins, names[0])(text) if names and name in names else StudentError(text)
        if names and name not in names:  # a class of the student's own, derived from one of Python's
            error = type(name if name.isidentifier() else "Error", (getattr(builtins, names[0]),), {})(text)
        error.student = name  # the verdict tells this from the test's own errors
        raised: Exception = error
        return raised

    # What crosses

    def send_object(self, value: Any) -> dict[str, Any]:
        number = self.number_of(value)
        if number is not None:
            return {"ref": number}
        number = self.givens.number(value)
        return refuse(value) if number is None else {"ref": number, "given": 1}

    def send_tensor(self, tensor: torch.Tensor) -> dict[str, Any]:
        number = self.leaf_numbers.get(id(tensor))
        if number is not None:
            return {"by": True, "leaf": number}
        if tensor.requires_grad and torch.is_grad_enabled():
            self.inputs.append(tensor)
            return {"grad": True}
        return {} if tensor.is_inference() else self.give(tensor)

    def give(self, tensor: torch.Tensor) -> dict[str, Any]:
        """The same tensor given twice is the same tensor on the other side: a student may remember which it was."""
        number, version, _ = self.given.get(id(tensor), (len(self.given), -1, tensor))
        self.given[id(tensor)] = number, tensor._version, tensor  # kept, so that no other gets its id
        return {"by": True, "arg": number} if version == tensor._version else {"arg": number}

    def receive_object(self, node: dict[str, Any]) -> Any:
        if "given" in node:
            return self.givens.thing(node["ref"])
        number, classes = node["ref"], node["classes"]
        if type(number) is not int or number < 0 or len(classes) > 12:
            raise ValueError
        return self.proxy(self, number, [str(name)[:100] for name in classes])

    def receive_tensor(self, tensor: torch.Tensor | None, extra: dict[str, Any]) -> torch.Tensor:
        if tensor is None or not (extra.keys() <= {"leaf", "parameter", "grad", "out"}):
            raise ValueError
        if "leaf" in extra:
            return self.leaf(tensor, extra)
        if "out" in extra:
            if extra["out"] != len(self.outputs) or not (tensor.is_floating_point() or tensor.is_complex()):
                raise ValueError
            self.outputs.append(tensor)
        return tensor

    def leaf(self, tensor: torch.Tensor, extra: dict[str, Any]) -> torch.Tensor:
        """The judge's copy of a parameter: one for each, with its value and gradient as they are now."""
        number, gradient = extra["leaf"], extra.get("grad")
        if type(number) is not int or not 0 <= number < 1 << 20:
            raise ValueError
        copy = self.leaves.get(number)
        if copy is None or copy.shape != tensor.shape or copy.dtype != tensor.dtype:
            copy = torch.nn.Parameter(tensor) if extra.get("parameter") is True else tensor.requires_grad_()
            copy.register_hook(lambda found: self.pass_on(number, found))
            self.leaves[number], self.leaf_numbers[id(copy)] = copy, number
        else:
            copy.data.copy_(tensor)
        if gradient is not None and (gradient.shape != copy.shape or gradient.dtype != copy.dtype):
            raise ValueError
        copy.grad = gradient
        return copy

    def pass_on(self, number: int, gradient: torch.Tensor) -> None:
        """A gradient that reached a copy belongs to the parameter it is a copy of."""
        leaf = self.leaves[number]
        earlier = leaf.grad
        self.ask(op="accumulate", leaf=number, gradient=gradient)
        leaf.grad = earlier  # autograd is about to add this very gradient to the copy, too
