"""What the release gives, on the student's side: a stand-in, whose calls the judge answers (`judge/given.py`)."""

from __future__ import annotations

import builtins
import contextlib
import signal
from collections.abc import Callable, Iterator
from typing import Any

import torch

Ask = Callable[[dict[str, Any]], dict[str, Any]]


class Given:
    """An object of the release's that lives with the grader. It can be called, and nothing else."""

    __slots__ = ("_ask", "_number")

    def __init__(self, ask: Ask, number: int) -> None:
        self._ask, self._number = ask, number

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        places = [i for i, each in enumerate(args) if isinstance(each, torch.Tensor) and is_traced(each)]
        if not places:
            return self._value(args, kwargs, [])["value"]
        call = Call(self, list(args), kwargs, places)
        return call.whole(Through.apply(call, *(args[i] for i in places)))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{name}: what the notebook gives can be called, and nothing else can be asked of it here")

    def _value(self, args: Any, kwargs: dict[str, Any], wanted: list[int]) -> dict[str, Any]:
        question = {"given": self._number, "args": list(args), "kwargs": kwargs, "wanted": wanted}
        return asked(self._ask, question)


def is_traced(tensor: torch.Tensor) -> bool:
    """Does this tensor take part in a graph, or in a transformation of torch.func?"""
    traced = tensor.requires_grad and torch.is_grad_enabled()
    return traced or torch._C._functorch.is_functorch_wrapped_tensor(tensor)


class Call:
    """One call that gradients may pass through. places: of its tensors among the arguments."""

    def __init__(self, given: Given, args: list[Any], kwargs: dict[str, Any], places: list[int]) -> None:
        self.given, self.args, self.kwargs, self.places = given, args, kwargs, places
        self.number: int | None = None
        self.value: Any = None

    def run(self, tensors: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
        """The tensors of the value; `whole` puts what became of them back into it."""
        args = list(self.args)
        for place, tensor in zip(self.places, tensors, strict=True):
            args[place] = tensor
        wanted = [place for place in self.places if args[place].is_floating_point()]
        answer = self.given._value(args, self.kwargs, wanted)
        self.number, self.value = answer.get("call"), answer["value"]
        return tuple(part for part in self.parts() if isinstance(part, torch.Tensor))

    def parts(self) -> list[Any]:
        return list(self.value) if isinstance(self.value, tuple | list) else [self.value]

    def whole(self, tensors: tuple[torch.Tensor, ...]) -> Any:
        left = list(tensors)
        parts = [left.pop(0) if isinstance(part, torch.Tensor) else part for part in self.parts()]
        return type(self.value)(parts) if isinstance(self.value, tuple | list) else parts[0]

    def again(self, tensors: tuple[Any, ...]) -> tuple[Call, tuple[torch.Tensor, ...]]:
        """The same call with other tensors."""
        other = Call(self.given, self.args, self.kwargs, self.places)
        found = Through.apply(other, *tensors)
        self.value = other.value
        return other, found


class Through(torch.autograd.Function):
    """A call, as a step of the student's graph. `torch.func` and vmap work with it, one call for each of a batch."""

    @staticmethod
    def forward(call: Call, *tensors: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return call.run(tensors)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.call, ctx.floating = inputs[0], [each.is_floating_point() for each in inputs[1:]]
        ctx.save_for_backward(*inputs[1:])
        ctx.mark_non_differentiable(*(each for each in output if not each.is_floating_point()))

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> Any:
        found = iter(back(ctx.call, gradients, ctx.saved_tensors) if ctx.call.number is not None else ())
        return (None, *(next(found, None) if floating else None for floating in ctx.floating))

    @staticmethod
    def vmap(info: Any, in_dims: Any, call: Call, *tensors: torch.Tensor) -> Any:
        found = [call.again(each)[1] for each in batch(info, in_dims[1:], tensors)]
        stacked = tuple(torch.stack(parts) for parts in zip(*found, strict=True))
        return stacked, (0,) * len(stacked)


def back(
    call: Call, gradients: tuple[torch.Tensor, ...], tensors: tuple[torch.Tensor, ...]
) -> tuple[torch.Tensor, ...]:
    """The gradients of a call."""
    level = torch._C._vmapmode_increment_nesting() - 1  # of jacobian(..., vectorize=True), which has a vmap of its own
    torch._C._vmapmode_decrement_nesting()
    if not level:
        return Back.apply(call, len(gradients), *gradients, *tensors)  # type: ignore[no-any-return]
    split = [torch._remove_batch_dim(each, level, 1, 0) for each in gradients]
    found = [Back.apply(call, len(gradients), *each, *tensors) for each in zip(*split, strict=True)]
    return tuple(torch._add_batch_dim(torch.stack(parts), 0, level) for parts in zip(*found, strict=True))


class Back(torch.autograd.Function):
    """The gradients of a call, as a step of a graph: it takes part in it only to refuse a second derivative."""

    @staticmethod
    def forward(call: Call, count: int, *tensors: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """tensors: the gradients of the call's `count` outputs, then its arguments."""
        floating = [g for g in tensors[:count] if g.is_floating_point()]
        question = {"given": call.given._number, "call": call.number, "gradients": floating}
        return tuple(asked(call.given._ask, question)["value"])

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        pass

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        raise RuntimeError("what the notebook gives can be differentiated once, not twice")

    @staticmethod
    def vmap(info: Any, in_dims: Any, call: Call, count: int, *tensors: torch.Tensor) -> Any:
        found = [Back.apply(call, count, *each) for each in batch(info, in_dims[2:], tensors)]
        stacked = tuple(torch.stack(parts) for parts in zip(*found, strict=True))
        return stacked, (0,) * len(stacked)


def batch(info: Any, dims: Any, tensors: tuple[torch.Tensor, ...]) -> Iterator[tuple[torch.Tensor, ...]]:
    """The tensors of each member of a batch. dims: along which axis each is batched, or None."""
    for i in range(info.batch_size):
        yield tuple(t if dim is None else t.select(dim, i) for t, dim in zip(tensors, dims, strict=True))


def asked(ask: Ask, question: dict[str, Any]) -> dict[str, Any]:
    """The judge's answer; an error of the given code is raised here as what it was."""
    with held():
        answer = ask(question)
    if "error" in answer:
        kind = getattr(builtins, answer["error"], RuntimeError)
        raise (kind if isinstance(kind, type) and issubclass(kind, BaseException) else RuntimeError)(answer["text"])
    return answer


@contextlib.contextmanager
def held() -> Iterator[None]:
    """An interrupt waits until the exchange is over: a frame read by half would be the last one."""
    caught: list[int] = []
    try:
        before = signal.signal(signal.SIGINT, lambda number, frame: caught.append(number))
    except ValueError:  # in a thread of the student's, which gets no signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if caught:
        raise KeyboardInterrupt
