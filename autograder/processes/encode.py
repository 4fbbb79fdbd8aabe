"""Values as bytes: a JSON tree of plain data, followed by the raw bytes of its tensors and arrays. Never pickle.

Tensors take their bytes one after another, so that a frame never stands for more than it holds. `decode.py` reads them.
"""

from __future__ import annotations

import json
import math
import struct
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
import torch

MOST_DEPTH, MOST_ITEMS = 40, 10_000
MOST_AXES, MOST_LENGTH = 32, 1 << 40
TORCH = {str(each).removeprefix("torch."): each for each in (
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.complex64, torch.complex128,
    torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)}  # fmt: skip
NUMPY = {str(np.dtype(each)): np.dtype(each) for each in (
    "float64", "float32", "float16", "complex64", "complex128", "int64", "int32", "int16", "int8",
    "uint64", "uint32", "uint16", "uint8", "bool")}  # fmt: skip
ITERATORS: tuple[type[Iterable[Any]], ...] = (
    types.GeneratorType, map, zip, filter, enumerate, reversed, type({}.keys()), type({}.values()),
    type({}.items()), type(iter([])), type(iter(())), type(iter({}.values())))  # fmt: skip
SEQUENCES: tuple[tuple[type, Callable[[Any], Iterator[Any]], str], ...] = (
    (tuple, tuple.__iter__, "t"),
    (list, list.__iter__, "l"),
)


class WireError(Exception):
    """The bytes are not a value, or the value cannot be sent."""


class InertTuple(tuple[Any, ...]):
    """What comes back for a subclass of tuple; so too for list and dict. It has no methods but theirs."""


class InertList(list[Any]):
    """See InertTuple."""


class InertDict(dict[Any, Any]):
    """See InertTuple."""


def refuse(value: Any) -> dict[str, Any]:
    raise WireError(f"an object of the class {type(value).__name__} is not plain data")


def nothing(value: Any) -> dict[str, Any]:
    return {}


def few(count: int, what: str) -> None:
    """Raises WireError for more items than `what` may have when it is sent. Lists and tensors have no such limit."""
    if count > MOST_ITEMS:
        raise WireError(f"{what} with more than {MOST_ITEMS:,} items cannot be sent")


class WireWriter:
    """One value to bytes.

    other: what stands for an object that is not plain data.  extra: more entries for a tensor; with a truthy entry
    "by" the tensor's data is not sent.  iterators: whether iterators are read out.
    """

    def __init__(
        self,
        other: Callable[[Any], dict[str, Any]] = refuse,
        extra: Callable[[torch.Tensor], dict[str, Any]] = nothing,
        iterators: bool = True,
    ) -> None:
        self.other, self.extra, self.iterators = other, extra, iterators
        self.blobs: list[bytes] = []

    def bytes_of(self, value: Any) -> bytes:
        tree = json.dumps(self.tree(value, 0), separators=(",", ":")).encode()
        return b"".join([struct.pack("!I", len(tree)), tree, *self.blobs])

    def tree(self, value: Any, depth: int) -> Any:
        if depth > MOST_DEPTH:
            raise WireError("the value is nested too deeply")
        kind = type(value)
        if value is None or kind in (bool, int, str):
            return value
        if kind is float:
            return value if math.isfinite(value) else {"f": repr(value)}
        if isinstance(value, torch.Tensor):
            return self.tensor(value, depth)
        for base, items_of, code in SEQUENCES:
            if isinstance(value, base):
                if isinstance(value, torch.Size):
                    return {"S": [int(n) for n in value]}
                node = {code: [self.tree(item, depth + 1) for item in items_of(value)]}
                return node if kind is base else node | {"sub": 1}
        if isinstance(value, dict):
            few(dict.__len__(value), "a dict")
            pairs = [[self.tree(k, depth + 1), self.tree(v, depth + 1)] for k, v in dict.items(value)]
            return {"d": pairs} if kind is dict else {"d": pairs, "sub": 1}
        if kind in (set, frozenset):
            few(len(value), "a set")
            return {"s" if kind is set else "F": [self.tree(item, depth + 1) for item in value]}
        if isinstance(value, ITERATORS) and self.iterators:
            items = list(islice(iter(value), MOST_ITEMS + 1))
            few(len(items), "an iterator")
            return {"i": [self.tree(item, depth + 1) for item in items]}
        return self.small(value, kind)

    def small(self, value: Any, kind: type) -> Any:
        if kind in (bytes, bytearray):
            self.blobs.append(bytes(value))
            return {"b": len(value)}
        if kind is complex:
            return {"c": [repr(value.real), repr(value.imag)]}
        if isinstance(value, np.ndarray | np.generic) and str(value.dtype) in NUMPY:
            require_shape(value.shape)
            self.blobs.append(np.ascontiguousarray(value).tobytes())
            return {"N" if isinstance(value, np.ndarray) else "n": [str(value.dtype), list(value.shape)]}
        if kind is torch.dtype:
            return {"T": str(value).removeprefix("torch.")}
        if kind is torch.device:
            return {"D": str(value)}
        if kind in (slice, range):
            parts = [value.start, value.stop, value.step]
            return {"r" if kind is range else "z": [self.tree(part, MOST_DEPTH) for part in parts]}
        if value is Ellipsis:
            return {"e": 1}
        for base in (str, int, float):  # a subclass, such as a member of an enumeration
            if isinstance(value, base):
                return self.tree(base(value), MOST_DEPTH)
        return self.other(value)

    def tensor(self, value: torch.Tensor, depth: int) -> dict[str, Any]:
        extra = self.extra(value)
        if extra.get("by"):
            return {"x": None, **extra}
        with torch._C.DisableTorchFunction(), torch.no_grad():  # no mode, and no class of the sender's, takes part
            name = str(value.dtype).removeprefix("torch.")
            if name not in TORCH or value.layout is not torch.strided:
                raise WireError(f"a tensor of the type {value.dtype}, {value.layout} cannot be sent")
            require_shape(value.shape)
            plain = value.detach().to("cpu").resolve_conj().resolve_neg()
            node: dict[str, Any] = {"x": [name, list(value.shape)]}
            if not plain.is_contiguous():  # a view stays one: there is code that works for others only
                order = sorted(range(plain.dim()), key=lambda axis: -plain.stride()[axis])
                plain = plain.permute(order)
                node |= {"order": order, "gaps": not plain.is_contiguous()}
                plain = plain.contiguous()
            flat = plain.reshape(-1)
            if flat.numel() and flat.stride(0) != 1:  # a single number, expanded
                flat = flat.clone(memory_format=torch.contiguous_format)
            self.blobs.append(flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b"")
        # After its own bytes: a gradient among the extra entries adds its bytes behind them.
        return node | {key: self.tree(entry, depth + 1) for key, entry in extra.items()}


def require_shape(shape: Sequence[int]) -> None:
    """Raise WireError for a shape that the other side would take for forged: with a 0 in it, it may be any."""
    if len(shape) > MOST_AXES or math.prod(max(1, int(n)) for n in shape) >= MOST_LENGTH:
        raise WireError(f"something of the shape {tuple(shape)} cannot be sent")


def encode(value: Any, **hooks: Any) -> bytes:
    """The bytes of a value. Raises WireError for what cannot be sent."""
    try:
        return WireWriter(**hooks).bytes_of(value)
    except (RecursionError, MemoryError, OverflowError, UnicodeError) as error:
        raise WireError(f"the value cannot be sent ({type(error).__name__})") from None
