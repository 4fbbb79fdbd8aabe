"""Values as bytes: a JSON tree of plain data, followed by the raw bytes of its tensors and arrays. Never pickle.

Tensors take their bytes one after another, so that a frame never stands for more than it holds. Decoding raises
WireError for whatever is malformed, and nothing else.
"""

from __future__ import annotations

import json
import math
import struct
import types
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

import numpy as np
import torch

MOST_DEPTH, MOST_NODES, MOST_ITEMS = 40, 500_000, 10_000
TORCH = {str(each).removeprefix("torch."): each for each in (
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.complex64, torch.complex128,
    torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)}  # fmt: skip
NUMPY = {str(np.dtype(each)): np.dtype(each) for each in (
    "float64", "float32", "float16", "complex64", "complex128", "int64", "int32", "int16", "int8",
    "uint64", "uint32", "uint16", "uint8", "bool")}  # fmt: skip
ITERATORS = (types.GeneratorType, map, zip, filter, enumerate, reversed, type({}.keys()), type({}.values()),
             type({}.items()), type(iter([])), type(iter(())), type(iter({}.values())))  # fmt: skip


class WireError(Exception):
    """The bytes are not a value, or the value cannot be sent."""


class InertTuple(tuple):
    """What comes back for a subclass of tuple; so too for list and dict. It has no methods but theirs."""


class InertList(list):
    """See InertTuple."""


class InertDict(dict):
    """See InertTuple."""


def refuse(value: Any) -> dict[str, Any]:
    raise WireError(f"an object of the class {type(value).__name__} is not plain data")


def nothing(value: Any) -> dict[str, Any]:
    return {}


class Encoder:
    """One value to bytes.

    other: what stands for an object that is not plain data.  extra: more entries for a tensor; with a truthy entry
    "by" the tensor's data is not sent.  iterators: whether iterators are read out (at most MOST_ITEMS).
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
        for base, code in ((tuple, "t"), (list, "l")):
            if isinstance(value, base):
                if isinstance(value, torch.Size):
                    return {"S": [int(n) for n in value]}
                node = {code: [self.tree(item, depth + 1) for item in base.__iter__(value)]}
                return node if kind is base else node | {"sub": 1}
        if isinstance(value, dict):
            pairs = [[self.tree(k, depth + 1), self.tree(v, depth + 1)] for k, v in dict.items(value)]
            return {"d": pairs} if kind is dict else {"d": pairs, "sub": 1}
        if kind in (set, frozenset):
            return {"s" if kind is set else "F": [self.tree(item, depth + 1) for item in value]}
        if isinstance(value, ITERATORS) and self.iterators:
            items = list(islice(iter(value), MOST_ITEMS + 1))
            if len(items) > MOST_ITEMS:
                raise WireError(f"an iterator gave more than {MOST_ITEMS:,} items")
            return {"i": [self.tree(item, depth + 1) for item in items]}
        return self.small(value, kind)

    def small(self, value: Any, kind: type) -> Any:
        if kind in (bytes, bytearray):
            self.blobs.append(bytes(value))
            return {"b": len(value)}
        if kind is complex:
            return {"c": [repr(value.real), repr(value.imag)]}
        if isinstance(value, np.ndarray | np.generic) and str(value.dtype) in NUMPY:
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
        with torch._C.DisableTorchFunctionSubclass(), torch.no_grad():
            name = str(value.dtype).removeprefix("torch.")
            if name not in TORCH or value.layout is not torch.strided:
                raise WireError(f"a tensor of the type {value.dtype}, {value.layout} cannot be sent")
            plain = value.detach().to("cpu").resolve_conj().resolve_neg().contiguous()
            raw = plain.view(-1).view(torch.uint8).numpy().tobytes() if plain.numel() else b""
            self.blobs.append(raw)
            node: dict[str, Any] = {"x": [name, list(value.shape)]}
        # After its own bytes: a gradient among the extra entries adds its bytes behind them.
        return node | {key: self.tree(entry, depth + 1) for key, entry in extra.items()}


def encode(value: Any, **hooks: Any) -> bytes:
    """The bytes of a value. Raises WireError for what cannot be sent."""
    try:
        return Encoder(**hooks).bytes_of(value)
    except (RecursionError, MemoryError, OverflowError, UnicodeError) as error:
        raise WireError(f"the value cannot be sent ({type(error).__name__})") from None


class Decoder:
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
        if len(shape) > 32 or any(type(n) is not int or not 0 <= n < 1 << 40 for n in shape):
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
        kinds = {"t": (tuple, InertTuple), "l": (list, InertList), "i": (iter, iter), "s": (set, set)}
        kinds["F"] = (frozenset, frozenset)
        return kinds[code]["sub" in node](self.items(entries, depth))

    def make_dict(self, node: Any, pairs: Any, depth: int) -> dict[Any, Any]:
        found = {self.build(key, depth): self.build(value, depth) for key, value in pairs}
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
            dtype = TORCH[name]
            raw, shape = self.raw(dtype.itemsize, shape)
            # An empty buffer has no tensor; a bool is whatever is not 0, never another byte.
            found = torch.empty(shape, dtype=dtype)
            if raw:
                flat = torch.frombuffer(raw, dtype=torch.uint8 if dtype is torch.bool else dtype).reshape(shape)
                found = flat != 0 if dtype is torch.bool else flat
        extra = {key: self.build(entry, depth + 1) for key, entry in node.items() if key != "x"}
        return self.make(found, extra)


NODES = dict.fromkeys("tlisF", "sequence") | {"d": "dict", "N": "numbers", "n": "numbers"}


def decode(data: bytes, **hooks: Any) -> Any:
    """The value of these bytes. Raises WireError when they are malformed, and nothing else."""
    try:
        return Decoder(data, **hooks).value()
    except Exception as error:  # hostile bytes: whatever goes wrong, it is a fact about them
        raise WireError(f"malformed bytes ({type(error).__name__})") from None
