"""The test's handles for what stays on the student's side. They do what the contract of test cells allows, no more.

Whatever is compared has to be data in the judge's own process. So a handle refuses truth, comparison, arithmetic and
the methods of tensors: `f(x).allclose(y)` or `f(x) - y`, asked of an object of the student's, would let him say whether
he is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from autograder.processes.judge.arguments import write_back
from autograder.processes.judge.link import Link, Unfit

FUNCTION, CLASS, OBJECT, PART, RESULT, OPAQUE = "function", "class", "object", "part", "result", "opaque"
USABLE = {CLASS, OBJECT, PART, RESULT}
FLUENT = {"eval", "train", "to", "cpu", "float", "double", "half", "bfloat16", "requires_grad_"}
# By these a tensor says how it compares with another, or whether something holds of it. (A module may well have a
# part called inner or norm: what such a part gives when it is called is data, or cannot be used.)
QUESTION_NAMES = """
    all allclose any bool cosine_similarity dist div divide eq equal ge greater greater_equal gt is_nonzero isclose
    isfinite isin isinf isnan isneginf isposinf isreal item le less less_equal logical_and logical_not logical_or
    logical_xor lt maximum minimum ne nonzero not_equal numpy remainder sub subtract tolist true_divide
    abs amax amin argmax argmin count_nonzero max mean min square sum
"""
QUESTIONS = set(QUESTION_NAMES.split())
LIST_ITERATOR: type[Iterator[Any]] = type(iter([]))


@dataclass(frozen=True)
class Rules:
    """The task's names: its classes, and the methods that are allowed whatever tensors have."""

    classes: frozenset[str]
    members: frozenset[str]

    def opaque(self, link: Link, number: int, classes: list[str]) -> StudentObject:
        """A handle for an object of which nothing is known yet but its number and its classes' names."""
        return StudentObject(Handle(self, link, number, classes))


@dataclass
class Handle:
    """What a StudentObject stands for.

    rules, link: of the test that holds it.  number: by which the worker knows the object.  classes: their names.
    parent, name: where it was read from.
    """

    rules: Rules
    link: Link
    number: int
    classes: list[str]
    kind: str = OPAQUE
    parent: StudentObject | None = None
    name: str = ""


def handle(thing: StudentObject) -> Handle:
    found: Handle = object.__getattribute__(thing, "_course_handle")
    return found


def number_of(value: Any) -> int | None:
    return handle(value).number if type(value) is StudentObject else None


def usable(thing: StudentObject, kinds: set[str] = USABLE) -> Handle:
    found = handle(thing)
    if found.kind not in kinds:
        raise Unfit(
            f"Your code gave an object of the class {found.classes[0] if found.classes else '?'}; "
            "the task asks for a tensor or plain data."
        )
    return found


def settle(value: Any, kind: str, named: frozenset[str]) -> Any:
    """Say what the objects inside a value are: of a class that the task names (`kind`), or opaque."""
    if type(value) is StudentObject:
        found = handle(value)
        found.kind = kind if kind in (PART, CLASS, FUNCTION, OBJECT) or named & set(found.classes) else OPAQUE
    elif isinstance(value, dict):
        for item in value.values():
            settle(item, kind, named)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            settle(item, kind, named)
    return value


def read(thing: StudentObject, kind: str, **question: Any) -> Any:
    found = handle(thing)
    answer = found.link.ask(target=thing, **question)
    return settle(remote_value(found.link, answer), kind, found.rules.classes)


class StudentObject:
    """An object on the student's side: a function, a class, an instance, or something that may only be passed on."""

    __slots__ = ("_course_handle",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, found: Handle) -> None:
        object.__setattr__(self, "_course_handle", found)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        found = usable(self, USABLE | {FUNCTION})
        link = found.link
        question = {"op": "call", "target": self, "args": list(args), "kwargs": kwargs, "grad": torch.is_grad_enabled()}
        answer = link.ask(**question)
        if "changed" in answer:
            link.changed.append(found.name or "your code")
            write_back([list(args), kwargs], answer["changed"], StudentObject)
        value = remote_value(link, answer)
        if found.name in FLUENT and found.parent is not None and type(value) is StudentObject:
            return found.parent
        return settle(value, OBJECT if found.kind == CLASS else RESULT, found.rules.classes)

    def __getattr__(self, name: str) -> Any:
        found = usable(self)
        if name.startswith("__"):
            raise AttributeError(name)
        if name in QUESTIONS and name not in found.rules.members:
            raise Unfit(
                f"Your code gave an object of the class {found.classes[0] if found.classes else '?'} where the test "
                f"needs a tensor (it asks for .{name})."
            )
        value = read(self, PART, op="attribute", name=name)
        if type(value) is StudentObject:
            handle(value).parent, handle(value).name = self, name
        return value

    def __getitem__(self, key: Any) -> Any:
        usable(self)
        return read(self, PART, op="item", key=key)

    def __len__(self) -> int:
        usable(self)
        value = read(self, OPAQUE, op="length")
        if type(value) is not int or value < 0:
            raise Unfit("len() of your object is not a number.")
        return value

    def __iter__(self) -> Any:
        usable(self)
        value = read(self, PART, op="items")
        if type(value) is not list:
            raise Unfit("Your object cannot be read item by item.")
        return iter(value)

    def __setattr__(self, name: str, value: Any) -> None:
        raise Unfit(f"A test may not set the attribute {name!r} of your object.")

    def __repr__(self) -> str:
        return f"<{' '.join(handle(self).classes[:1])} object of the student>"

    def _refuse(self, *_: Any) -> Any:
        raise Unfit(
            f"Your code gave an object of the class {' '.join(handle(self).classes[:1])}; "
            "it can be neither compared nor reckoned with: the task asks for a tensor or plain data."
        )

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __contains__ = _refuse
    __neg__ = __pos__ = __invert__ = __float__ = __int__ = __index__ = __complex__ = __abs__ = __round__ = __enter__ = (
        __exit__
    ) = _refuse


OPERATORS = "add sub mul truediv floordiv mod divmod matmul pow and or xor lshift rshift"
for _name in OPERATORS.split():
    setattr(StudentObject, f"__{_name}__", StudentObject._refuse)
    setattr(StudentObject, f"__r{_name}__", StudentObject._refuse)


class Remote(torch.autograd.Function):
    """Joins the graph of a call on the student's side to the judge's: its backward pass is one more question."""

    @staticmethod
    def forward(ctx: Any, link: Link, call: int, count: int, anchor: torch.Tensor, *tensors: torch.Tensor) -> Any:
        """tensors: the call's `count` inputs, which take part in a graph here, then its outputs -> the outputs."""
        ctx.link, ctx.call, ctx.count = link, call, count
        ctx.set_materialize_grads(False)
        return tuple(tensor.clone() for tensor in tensors[count:])

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *gradients: torch.Tensor | None) -> Any:
        """The gradients of the inputs, as the student's side says. Raises Stop for anything else."""
        answer = ctx.link.ask(op="backward", call=ctx.call, gradients=list(gradients))
        found = answer.get("value")
        if type(found) is not list or len(found) != ctx.count:
            raise ctx.link.stop("tampered", "Your process sent something else than the gradients of a call.")
        return (None, None, None, None, *found, *[None] * len(gradients))


def remote_value(link: Link, answer: dict[str, Any]) -> Any:
    """The answer's value, with the tensors that take part in a graph joined to the judge's."""
    value = answer.get("value")
    outputs, inputs = link.outputs, link.inputs
    if not outputs:
        return value
    call = answer.get("call")
    if not torch.is_grad_enabled() or type(call) is not int:
        return value
    anchor = torch.zeros((), requires_grad=True)  # the outputs need a gradient even where no argument does
    joined = Remote.apply(link, call, len(inputs), anchor, *inputs, *outputs)
    places = {id(old): new for old, new in zip(outputs, joined, strict=True)}
    return replaced(value, places)


def replaced(value: Any, places: dict[int, torch.Tensor]) -> Any:
    if isinstance(value, torch.Tensor):
        return places.get(id(value), value)
    if isinstance(value, list | tuple | set | frozenset) and not isinstance(value, torch.Size):
        return type(value)(replaced(item, places) for item in value)
    if isinstance(value, dict):
        return type(value)({key: replaced(item, places) for key, item in value.items()})
    if isinstance(value, LIST_ITERATOR):
        return iter([replaced(item, places) for item in value])
    return value
