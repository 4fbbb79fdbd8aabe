"""The student's side of a test: it looks names up, calls, reads, and sends what comes out as plain data.

What is not plain data stays here under a number. Nothing of this is trusted: a student can make it say anything, and
what it says is then compared by the judge.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import torch

from autograder.processes.decode import decode
from autograder.processes.encode import encode
from autograder.processes.frames import Frames
from autograder.processes.worker.given import Given

Reply = dict[str, Any]
Around = Callable[[], AbstractContextManager[None]]


class Server:
    """Answers the questions of one test cell.

    interruptible, watched: what surrounds the student's code.
    """

    def __init__(self, line: Frames, names: dict[str, Any], interruptible: Around, watched: Around) -> None:
        self.line, self.names, self.interruptible, self.watched = line, names, interruptible, watched
        self.objects: list[Any] = []
        self.numbers: dict[int, int] = {}
        self.leaves: list[torch.Tensor] = []
        self.leaf_numbers: dict[int, int] = {}
        self.given: dict[int, torch.Tensor] = {}
        self.sent: dict[int, tuple[int, int, int]] = {}
        self.calls: list[tuple[list[torch.Tensor], list[torch.Tensor]]] = []
        self.outputs: list[torch.Tensor] = []
        self.inputs: list[torch.Tensor] = []
        self.givens: dict[int, Given] = {}
        self.number = -1  # of the question that is being answered

    def serve(self) -> None:
        """Until the judge is done. An exception of the student's goes back by its name and text."""
        while True:
            data = self.line.receive()
            number = -1
            try:
                self.outputs, self.inputs = [], []
                request = decode(data, reference=self.dereference, tensor=self.take)
                number = self.number = request["id"]
                if request["op"] == "done":
                    self.line.send(encode({"id": number}))
                    return
                with self.interruptible(), self.watched():
                    reply = self.answer(request)
                    frame = self.frame(number, reply)
            except BaseException as error:
                text = str(error)[:2000] if not isinstance(error, SystemExit) else "it ended the program"
                frame = encode({"id": number, "error": type(error).__name__, "text": text,
                                     "classes": [c.__name__ for c in type(error).__mro__][:12]})  # fmt: skip
            self.line.send(frame)

    def frame(self, number: int, reply: Reply) -> bytes:
        """The reply's bytes; the tensors in it that take part in a backward pass are kept under the call's number."""
        self.outputs = []
        content = {"id": number, "call": len(self.calls), **reply, "leaves": self.changed()}
        frame = encode(content, other=self.keep, extra=self.describe)
        if self.outputs:
            self.calls.append((self.outputs, self.inputs))
        return frame

    def answer(self, request: dict[str, Any]) -> Reply:
        what = request["op"]
        target: Any = request.get("target")
        if what == "name":
            return {"value": self.names[request["name"]]} if request["name"] in self.names else {"unknown": True}
        if what == "attribute":
            return {"value": getattr(target, request["name"])}
        if what == "item":
            return {"value": target[request["key"]]}
        if what == "length":
            return {"value": len(target)}
        if what == "items":
            return {"value": list(target)}
        if what == "backward":
            return {"value": self.backward(request["call"], request["gradients"])}
        if what == "accumulate":
            leaf = self.leaves[request["leaf"]]
            gradient = request["gradient"]
            leaf.grad = gradient if leaf.grad is None else leaf.grad + gradient
            return {"value": None}
        return self.call(target, request)

    def call(self, target: Any, request: dict[str, Any]) -> Reply:
        """A call, and the arguments as they are afterwards when it changed them."""
        arguments = [request["args"], request["kwargs"]]
        before = self.snapshot(arguments)
        inputs = self.inputs
        with torch.set_grad_enabled(request["grad"]):
            value = target(*request["args"], **request["kwargs"])
        self.inputs = inputs
        reply: Reply = {"value": value}
        if self.snapshot(arguments) != before:
            reply["changed"] = [[plain(item) for item in arguments[0]], {k: plain(v) for k, v in arguments[1].items()}]
        return reply

    def backward(self, call: int, gradients: list[torch.Tensor | None]) -> list[torch.Tensor | None]:
        """The gradients of a call's arguments. Parameters collect theirs, as in a notebook."""
        outputs, inputs = self.calls[call]
        pairs = [(output, g) for output, g in zip(outputs, gradients, strict=True) if g is not None]
        earlier = [each.grad for each in inputs]
        for each in inputs:
            each.grad = None
        torch.autograd.backward([o for o, _ in pairs], [g for _, g in pairs], retain_graph=True)
        found = [each.grad for each in inputs]
        for each, gradient in zip(inputs, earlier, strict=True):
            each.grad = gradient
        return found

    # What crosses: objects by number, leaves of the graph by number and value, outputs of the graph by their place.

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """The judge's answer to a question about what the release gives, in the middle of the student's code."""
        self.line.send(encode({"id": self.number, **question}, other=self.keep))
        answer: dict[str, Any] = decode(self.line.receive(), reference=self.dereference)
        return answer

    def keep(self, thing: Any) -> dict[str, Any]:
        if type(thing) is Given:
            return {"ref": thing._number, "given": 1}
        number = self.numbers.setdefault(id(thing), len(self.objects))
        if number == len(self.objects):
            self.objects.append(thing)
        classes = (thing if isinstance(thing, type) else type(thing)).__mro__
        return {"ref": number, "classes": [each.__name__ for each in classes][:12]}

    def dereference(self, node: dict[str, Any]) -> Any:
        if "given" in node:
            return self.givens.setdefault(node["ref"], Given(self.ask, node["ref"]))
        return self.objects[node["ref"]]

    def describe(self, tensor: torch.Tensor) -> dict[str, Any]:
        if not tensor.requires_grad:
            return {}
        if not tensor.is_leaf:
            self.outputs.append(tensor)
            return {"out": len(self.outputs) - 1}
        number = self.leaf_numbers.setdefault(id(tensor), len(self.leaves))
        if number == len(self.leaves):
            self.leaves.append(tensor)
        self.sent[number] = version_of(tensor)
        parameter = isinstance(tensor, torch.nn.Parameter)
        return {"leaf": number, "parameter": parameter, "grad": tensor.grad}

    def changed(self) -> list[torch.Tensor]:
        """The leaves that the judge has and that are not any more what was sent."""
        return [leaf for number, leaf in enumerate(self.leaves) if self.sent[number] != version_of(leaf)]

    def take(self, tensor: torch.Tensor | None, extra: dict[str, Any]) -> torch.Tensor:
        if "leaf" in extra:
            leaf: torch.Tensor = self.leaves[extra["leaf"]]
            return leaf
        if "arg" in extra:
            return self.given_again(tensor, extra["arg"])
        assert tensor is not None
        if extra.get("grad"):
            tensor.requires_grad_()
            self.inputs.append(tensor)
        return tensor

    def given_again(self, tensor: torch.Tensor | None, number: int) -> torch.Tensor:
        """An argument that was given before is the same object again, with what it holds now."""
        known = self.given.get(number)
        if tensor is not None and known is not None and known.shape == tensor.shape and known.dtype == tensor.dtype:
            with torch.no_grad():
                known.copy_(tensor)
        elif tensor is not None:
            self.given[number] = tensor
        return self.given[number]

    def snapshot(self, arguments: Any) -> bytes:
        """The data of the arguments, to tell whether a call changed them. The student's own objects do not count."""
        return encode(arguments, other=lambda thing: {"ref": 0}, extra=self.only_number, iterators=False)

    def only_number(self, tensor: torch.Tensor) -> dict[str, Any]:
        number = self.leaf_numbers.get(id(tensor))
        return {} if number is None else {"by": True, "leaf": number}


def version_of(leaf: torch.Tensor) -> tuple[int, int, int]:
    """Something that differs once a leaf or its gradient was changed."""
    gradient = leaf.grad
    return leaf._version, 0 if gradient is None else id(gradient), 0 if gradient is None else gradient._version


def plain(value: Any) -> Any:
    """The value without its part in any graph, so that it crosses as data."""
    if isinstance(value, torch.Tensor):
        return value.detach()
    if type(value) in (list, tuple):
        return type(value)(plain(item) for item in value)
    if type(value) is dict:
        return {key: plain(item) for key, item in value.items()}
    return value
