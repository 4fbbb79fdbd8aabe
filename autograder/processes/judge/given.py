"""What the release gives (a model with a script, a layer that leaks) lives in the judge; the student gets a stand-in.

Whatever a test compares or counts is then out of the student's reach: how often a model was asked, what it is made of,
and of which kind it is. A stand-in can be called, with tensors and plain data, and gradients pass through it; the call
comes back here while the judge waits for the student's answer. Nothing else can be asked of it.
"""

from __future__ import annotations

import types
from typing import Any

import torch

LOCKED = "<locked>"  # the file name of what `run_test` runs of the release's cells
MOST_BYTES = 8 << 20  # that one call may bring
MOST_GRAPHS = 10_000  # calls of one test that gradients may still pass through


def is_given(thing: Any) -> bool:
    """Is this a function of the release's cells, or an object of a class of theirs that can be called?"""
    if isinstance(thing, type):
        return False
    kind = type(thing)
    call = thing if kind is types.FunctionType else getattr(kind, "forward", kind.__call__)
    return isinstance(call, types.FunctionType) and call.__code__.co_filename == LOCKED


class Givens:
    """The given objects of one test, by the numbers under which the worker knows them. opaque: the class of handles."""

    def __init__(self, opaque: type) -> None:
        self.opaque = opaque
        self.things: list[Any] = []
        self.graphs: list[tuple[list[torch.Tensor], list[torch.Tensor]]] = []

    def number(self, thing: Any) -> int | None:
        """The object's number; None for what is not given."""
        for number, known in enumerate(self.things):
            if known is thing:
                return number
        if not is_given(thing):
            return None
        self.things.append(thing)
        return len(self.things) - 1

    def thing(self, number: Any) -> Any:
        """Raises ValueError for a number that was never given."""
        if type(number) is not int or not 0 <= number < len(self.things):
            raise ValueError
        return self.things[number]

    def answer(self, question: dict[str, Any], size: int) -> dict[str, Any]:
        """What the worker is told that calls a given object, or wants the gradients of such a call. size: in bytes."""
        try:
            if size > MOST_BYTES:
                raise ValueError(f"the arguments are larger than {MOST_BYTES >> 20} MB")
            if "gradients" in question:
                return {"value": self.gradients(question["call"], question["gradients"])}
            if "tangents" in question:
                return {"value": self.tangents(question["call"], question["tangents"])}
            return self.call(self.thing(question["given"]), question["args"], question["kwargs"], question["wanted"])
        except Exception as error:  # whatever the student asked for, it is his error
            return {"error": type(error).__name__, "text": str(error)[:2000]}

    def call(self, thing: Any, args: list[Any], kwargs: dict[str, Any], wanted: list[Any]) -> dict[str, Any]:
        """wanted: the places, or the keywords, of the arguments whose gradients may be asked for."""
        if any(isinstance(each, self.opaque) for each in (*args, *kwargs.values())):
            raise TypeError("only tensors and plain data can be given to it")
        inputs = [(kwargs if isinstance(place, str) else args)[place].requires_grad_() for place in wanted]
        with torch.set_grad_enabled(bool(inputs)):
            value = thing(*args, **kwargs)
        outputs = [part for part in (value if isinstance(value, tuple | list) else [value]) if differentiable(part)]
        if not outputs or not inputs:
            return {"value": value}
        if len(self.graphs) >= MOST_GRAPHS:
            raise RuntimeError(f"it was called more than {MOST_GRAPHS} times with gradients")
        self.graphs.append((inputs, outputs))
        return {"value": value, "call": len(self.graphs) - 1, "count": len(outputs)}

    def gradients(self, call: int, gradients: list[torch.Tensor | None]) -> list[torch.Tensor]:
        inputs, outputs = self.graphs[call]
        pairs = [(output, g) for output, g in zip(outputs, gradients, strict=True) if g is not None]
        found = torch.autograd.grad(
            [o for o, _ in pairs], inputs, [g for _, g in pairs], retain_graph=True, allow_unused=True
        )
        return [torch.zeros_like(i) if g is None else g for i, g in zip(inputs, found, strict=True)]

    def tangents(self, call: int, tangents: list[torch.Tensor]) -> list[torch.Tensor]:
        """How the outputs of a call change along these changes of its inputs: the gradient of a gradient gives that."""
        inputs, outputs = self.graphs[call]
        weights = [torch.zeros_like(output, requires_grad=True) for output in outputs]
        found = torch.autograd.grad(outputs, inputs, weights, create_graph=True, allow_unused=True)
        pairs = [(f, t) for f, t in zip(found, tangents, strict=True) if f is not None and f.requires_grad]
        moved = torch.autograd.grad([f for f, _ in pairs], weights, [t for _, t in pairs], allow_unused=True)
        return [torch.zeros_like(w) if m is None else m.detach() for w, m in zip(weights, moved, strict=True)]


def differentiable(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.requires_grad
