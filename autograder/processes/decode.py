"""Bytes to values: the other half of `encode.py`. The bytes may be hostile: all that they can cause is a WireError."""

from __future__ import annotations

import json
import math
import struct
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch

from autograder.processes.encode import (
    MOST_AXES,
    MOST_DEPTH,
    MOST_LENGTH,
    NUMPY,
    TORCH,
    InertDict,
    InertList,
    InertTuple,
    WireError,
    few,
    refuse,
)

MOST_NODES = 500_000
#: What a sequence becomes, and what one of a subclass becomes.
SEQUENCES: dict[str, tuple[Callable[[list[Any]], Any], Callable[[list[Any]], Any]]] = {
    "t": (tuple, InertTuple),
    "l": (list, InertList),
    "i": (iter, iter),
    "s": (set, set),
    "F": (frozenset, frozenset),
}
MOST_ALIKE = 100  # members of one set, or keys of one dict, that may share a hash


def distinct(members: list[Any]) -> list[Any]:
    """The members of a set, or keys of a dict, that is about to be made.

    Members chosen to share a hash (multiples of 2**61 - 1, complex numbers, tuples) would take time that grows with
    the square of their number, and so would members whose hashes lead through the same slots of a large table.
    Raises ValueError for too many of either kind, TypeError for a member without a hash.
    """
    few(len(members), "a set or a dict")
    if members and max(Counter(map(hash, members)).values()) > MOST_ALIKE:
        raise ValueError
    return members


class WireReader:
    """Bytes to one value. reference, tensor: what to make of the sender's `other` and `extra` entries."""

    def __init__(
        self,
        data: bytes,
        reference: Callable[[dict[str, Any]], Any] = refuse,
        tensor: Callable[[torch.Tensor | None, dict[str, Any]], Any] = lambda value, extra: value,
    ) -> None:
        (length,) = struct.unpack_from("!I", data)
        if length > len(data) - 4:
            raise ValueError
        self.source = json.loads(data[4 : 4 + length])
        self.data, self.at = memoryview(data), 4 + length
        self.reference, self.make = reference, tensor
        self.nodes = 0

    def value(self) -> Any:
        found = self.build(self.source, 0)
        if self.at != len(self.data):
            raise ValueError
        return found

    def take(self, count: int) -> bytearray:
        if count < 0 or self.at + count > len(self.data):
            raise ValueError
        self.at += count
        return bytearray(self.data[self.at - count : self.at])

    def raw(self, itemsize: int, shape: list[int]) -> tuple[bytearray, list[int]]:
        if len(shape) > MOST_AXES or any(type(n) is not int or not 0 <= n < MOST_LENGTH for n in shape):
            raise ValueError
        return self.take(math.prod(shape) * itemsize), shape

    def build(self, node: Any, depth: int) -> Any:
        self.nodes += 1
        if depth > MOST_DEPTH + 4 or self.nodes > MOST_NODES:
            raise ValueError
        if node is None or type(node) in (bool, int, float, str):
            return node
        if "ref" in node:
            return self.reference(node)
        if "x" in node:
            return self.tensor(node, depth)
        key = next(iter(node))
        return getattr(self, f"make_{NODES.get(key, 'small')}")(node, node[key], depth + 1)

    def items(self, entries: Iterable[Any], depth: int) -> list[Any]:
        if type(entries) is not list:
            raise ValueError
        return [self.build(entry, depth) for entry in entries]

    def make_sequence(self, node: Any, entries: Any, depth: int) -> Any:
        code = next(iter(node))
        plain, inert = SEQUENCES[code]
        items = self.items(entries, depth)
        make = inert if "sub" in node else plain
        return make(distinct(items) if code in "sF" else items)

    def make_dict(self, node: Any, pairs: Any, depth: int) -> dict[Any, Any]:
        built = [(self.build(key, depth), self.build(value, depth)) for key, value in pairs]
        distinct([key for key, _ in built])
        found = dict(built)
        return InertDict(found) if "sub" in node else found

    def make_numbers(self, node: Any, entry: Any, depth: int) -> Any:
        dtype = NUMPY[entry[0]]
        raw, shape = self.raw(dtype.itemsize, entry[1])
        flat = np.frombuffer(raw, dtype=np.uint8 if dtype.kind == "b" else dtype) if raw else np.empty(0, dtype)
        array = flat.reshape(shape)
        array = array != 0 if dtype.kind == "b" else array
        return array if "N" in node else array[()]

    def make_small(self, node: Any, entry: Any, depth: int) -> Any:
        match next(iter(node)):
            case "f":
                return {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}[entry]
            case "b":
                return bytes(self.take(entry))
            case "c":
                real, imaginary = entry
                return complex(float(real), float(imaginary))
            case "S":
                return torch.Size([n for n in entry if 0 <= n < 1 << 40])
            case "T":
                return TORCH[entry]
            case "D":
                return torch.device({"cpu": "cpu"}[entry])
            case "e":
                return Ellipsis
        kind = {"r": range, "z": slice}[next(iter(node))]
        start, stop, step = self.items(entry, depth)
        return kind(start, stop, 1 if step is None and kind is range else step)

    def tensor(self, node: dict[str, Any], depth: int) -> Any:
        found = None
        if node["x"] is not None:
            name, shape = node["x"]
            found = self.dense(name, shape, node)
        hooks = {key: entry for key, entry in node.items() if key not in ("x", "order", "gaps")}
        return self.make(found, {key: self.build(entry, depth + 1) for key, entry in hooks.items()})

    def dense(self, name: str, shape: list[int], node: dict[str, Any]) -> torch.Tensor:
        """A tensor with the bytes that come next. order: its axes, outermost in memory first; else as they are."""
        dtype = TORCH[name]
        raw, shape = self.raw(dtype.itemsize, shape)
        order = node.get("order") or list(range(len(shape)))
        if sorted(order) != list(range(len(shape))):
            raise ValueError
        stored = [shape[axis] for axis in order]
        # An empty buffer has no tensor; a bool is whatever is not 0, never another byte.
        found = torch.empty(stored, dtype=dtype)
        if raw:
            flat = torch.frombuffer(raw, dtype=torch.uint8 if dtype is torch.bool else dtype).reshape(stored)
            found = flat != 0 if dtype is torch.bool else flat
        if node.get("gaps") and found.dim():
            found = torch.stack([found, found], -1).flatten(-2)[..., ::2]
        back = [order.index(axis) for axis in range(len(shape))]
        return found if back == order == list(range(len(shape))) else found.permute(back)


NODES = dict.fromkeys("tlisF", "sequence") | {"d": "dict", "N": "numbers", "n": "numbers"}


def decode(data: bytes, **hooks: Any) -> Any:
    """The value of these bytes. Raises WireError when they are malformed, and nothing else."""
    try:
        return WireReader(data, **hooks).value()
    except Exception as error:  # hostile bytes: whatever goes wrong, it is a fact about them
        raise WireError(f"malformed bytes ({type(error).__name__})") from None
