"""What the release gives, on the student's side: a stand-in, whose calls the judge answers (`judge/given.py`)."""

from __future__ import annotations

import builtins
import contextlib
import signal
from collections.abc import Callable, Iterator
from typing import Any

import torch

GRADIENTS = "gradients of what the notebook gives"
ONCE = (
    "what the notebook gives can be differentiated once, not twice: for a Jacobian use reverse mode "
    "(torch.autograd.grad, torch.autograd.functional.jacobian or torch.func.jacrev)"
)

Ask = Callable[[dict[str, Any]], dict[str, Any]]


class Given:
    """An object of the release's that lives with the grader. It can be called, and nothing else."""

    __slots__ = ("_ask", "_number")

    def __init__(self, ask: Ask, number: int) -> None:
        self._ask, self._number = ask, number

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        places = [place for place, each in [*enumerate(args), *kwargs.items()] if is_traced(each)]
        if any(map(hides_traced, (*args, *kwargs.values()))):
            raise TypeError("gradients pass only through tensors that are arguments themselves, not parts of a list")
        if not places:
            return self._value(args, kwargs, [])["value"]
        call = Call(self, list(args), kwargs, places)
        return call.whole(Through.apply(call, *call.traced()))

    def __copy__(self) -> Given:
        return self

    def __deepcopy__(self, memo: Any) -> Given:
        return self

    def __getattr__(self, name: str) -> Any:
        if name in ("__name__", "__qualname__"):
            return "given"
        raise AttributeError(f"{name}: what the notebook gives can be called, and nothing else can be asked of it here")

    def _value(self, args: Any, kwargs: dict[str, Any], wanted: list[Any]) -> dict[str, Any]:
        question = {"given": self._number, "args": list(args), "kwargs": kwargs, "wanted": wanted}
        return asked(self._ask, question)


def is_traced(tensor: Any) -> bool:
    """Is this a tensor that takes part in a graph, in a transformation of torch.func, or in forward mode?"""
    if not isinstance(tensor, torch.Tensor):
        return False
    if (tensor.requires_grad and torch.is_grad_enabled()) or torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        return True
    return torch.autograd.forward_ad.unpack_dual(tensor).tangent is not None


def hides_traced(thing: Any) -> bool:
    """Is there such a tensor among the parts of a list or the like?"""
    parts = thing.values() if isinstance(thing, dict) else thing if isinstance(thing, tuple | list) else ()
    return any(is_traced(part) or hides_traced(part) for part in parts)


class Call:
    """One call that gradients may pass through. places: of its tensors: numbers of arguments, or keywords."""

    def __init__(self, given: Given, args: list[Any], kwargs: dict[str, Any], places: list[Any]) -> None:
        self.given, self.args, self.kwargs, self.places = given, args, kwargs, places
        self.number: int | None = None
        self.value: Any = None
        self.split = False  # into one call for each member of a batch

    def traced(self) -> list[torch.Tensor]:
        return [(self.kwargs if isinstance(place, str) else self.args)[place] for place in self.places]

    def run(self, tensors: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
        """The tensors of the value; `whole` puts what became of them back into it."""
        args, kwargs = list(self.args), dict(self.kwargs)
        for place, tensor in zip(self.places, tensors, strict=True):
            (kwargs if isinstance(place, str) else args)[place] = tensor
        wanted = [place for place, t in zip(self.places, tensors, strict=True) if t.is_floating_point()]
        answer = self.given._value(args, kwargs, wanted)
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
        self.split = True
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
        ctx.save_for_forward(*inputs[1:])
        ctx.differentiable = [each.is_floating_point() for each in output]
        ctx.mark_non_differentiable(*(each for each in output if not each.is_floating_point()))

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> Any:
        check(ctx.call)
        found = iter(back(ctx.call, gradients, ctx.saved_tensors) if ctx.call.number is not None else ())
        return (None, *(next(found, None) if floating else None for floating in ctx.floating))

    @staticmethod
    def jvp(ctx: Any, _: Any, *tangents: Any) -> Any:
        """Forward mode."""
        check(ctx.call)
        whole = [torch.zeros_like(i) if t is None else t for i, t in zip(ctx.saved_tensors, tangents, strict=True)]
        moving = tuple(each for each, floating in zip(whole, ctx.floating, strict=True) if floating)
        found = iter(over(Push, ctx.call, moving, ctx.saved_tensors) if ctx.call.number is not None else ())
        moved = tuple(next(found, None) if floating else None for floating in ctx.differentiable)
        return moved

    @staticmethod
    def vmap(info: Any, in_dims: Any, call: Call, *tensors: torch.Tensor) -> Any:
        found = [call.again(each)[1] for each in batch(info, in_dims[1:], tensors)]
        stacked = tuple(torch.stack(parts) for parts in zip(*found, strict=True))
        return stacked, (0,) * len(stacked)


def back(
    call: Call, gradients: tuple[torch.Tensor, ...], tensors: tuple[torch.Tensor, ...]
) -> tuple[torch.Tensor, ...]:
    """The gradients of a call."""
    return over(Back, call, gradients, tensors)


def over(
    function: Any, call: Call, vectors: tuple[torch.Tensor, ...], tensors: tuple[torch.Tensor, ...]
) -> tuple[torch.Tensor, ...]:
    """A function of vectors, one at a time where jacobian(..., vectorize=True), with a vmap of its own, gives many."""
    count = len(vectors)
    level = torch._C._vmapmode_increment_nesting() - 1
    torch._C._vmapmode_decrement_nesting()
    if not level:
        return function.apply(call, count, *vectors, *tensors)  # type: ignore[no-any-return]
    split = [torch._remove_batch_dim(each, level, 1, 0) for each in vectors]
    size = max(len(each) for each in split)
    found = [function.apply(call, count, *(e[i % len(e)] for e in split), *tensors) for i in range(size)]
    return tuple(torch._add_batch_dim(torch.stack(parts), 0, level) for parts in zip(*found, strict=True))


def check(call: Call) -> None:
    if call.split:
        raise RuntimeError(f"{GRADIENTS}: take the gradients around torch.vmap, not in it")


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
        raise RuntimeError(ONCE)

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        raise RuntimeError(ONCE)

    @staticmethod
    def vmap(info: Any, in_dims: Any, call: Call, count: int, *tensors: torch.Tensor) -> Any:
        found = [Back.apply(call, count, *each) for each in batch(info, in_dims[2:], tensors)]
        stacked = tuple(torch.stack(parts) for parts in zip(*found, strict=True))
        return stacked, (0,) * len(stacked)


class Push(Back):
    """How the outputs of a call change along a change of its inputs, as a step of a graph."""

    @staticmethod
    def forward(call: Call, count: int, *tensors: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """tensors: the changes of the call's `count` inputs, then all its arguments."""
        question = {"given": call.given._number, "call": call.number, "tangents": list(tensors[:count])}
        return tuple(asked(call.given._ask, question)["value"])

    @staticmethod
    def vmap(info: Any, in_dims: Any, call: Call, count: int, *tensors: torch.Tensor) -> Any:
        found = [Push.apply(call, count, *each) for each in batch(info, in_dims[2:], tensors)]
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
