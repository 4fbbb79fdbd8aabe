"""Bytes that mean harm: whatever arrives, the trusted side ends in a value or in its own error, never in another."""

from __future__ import annotations

import json
import os
import random
import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from autograder.errors import UnreadableSubmission
from autograder.notebooks.submission import read_notebook
from autograder.processes import decode as parse
from autograder.processes import encode as wire

SEED = int(os.environ.get("FUZZ_SEED", "0"))
FRAMES, NOTEBOOKS = int(os.environ.get("FUZZ_FRAMES", "20000")), int(os.environ.get("FUZZ_NOTEBOOKS", "300"))
VALUES = [
    {"id": 1, "value": (torch.ones(2, 3).T, [1.5, None, "x"]), "leaves": []},
    [np.ones((2, 2)), np.float32(3), {1, 2}, frozenset("a"), b"bytes", 2j, slice(1), range(3), ..., torch.Size([1])],
    {"deep": [[[[{"a": ({"b": (torch.zeros(0), torch.tensor(True))},)}]]]]},
]
KEYS = [*"xtldsFiNnfbcSTDzre", "ref", "sub", "order", "gaps", "leaf", "grad", "out", "classes", ""]


def tree(draw: random.Random, depth: int = 0) -> object:
    """A JSON value that looks like a frame's."""
    if depth > 4 or draw.random() < 0.3:
        return draw.choice([None, True, 0, -1, 1 << 62, 10**400, 1e308, "float32", "inf", "\ud800", [], {}, [3, 2]])
    if draw.random() < 0.5:
        return {draw.choice(KEYS): tree(draw, depth + 1) for _ in range(draw.randint(1, 3))}
    return [tree(draw, depth + 1) for _ in range(draw.randint(0, 4))]


def frame(draw: random.Random) -> bytes:
    """A frame: a good one with bytes changed, one with a wild tree, or noise."""
    kind = draw.random()
    if kind < 0.5:
        data = bytearray(wire.encode(draw.choice(VALUES)))
        for _ in range(draw.randint(1, 4)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        return bytes(data[: draw.randint(0, len(data))] if draw.random() < 0.2 else data)
    if kind < 0.95:
        text = json.dumps(tree(draw)).encode()
        return struct.pack("!I", len(text)) + text + draw.randbytes(draw.randint(0, 64))
    return draw.randbytes(draw.randint(0, 80))


def test_hostile_frames_are_values_or_wire_errors() -> None:
    draw, refused = random.Random(SEED), 0
    for _ in range(FRAMES):
        try:
            parse.decode(frame(draw), reference=lambda node: node["ref"], tensor=lambda tensor, extra: tensor)
        except wire.WireError:
            refused += 1
    assert refused > FRAMES // 2, "most of them are broken"


PLANTED = {
    "nothing": b"",
    "a length beyond the end": struct.pack("!I", 1 << 31) + b"{}",
    "more bytes than the value has": wire.encode(1) + b"x",
    "a tensor larger than its bytes": b"\x00\x00\x00\x1c" + b'{"x":["float32",[99999999]]}',
    "a negative size": b"\x00\x00\x00\x16" + b'{"x":["float32",[-1]]}',
    "an unknown class": b"\x00\x00\x00\x10" + b'{"pickle":"abc"}',
    "axes that are none": b"\x00\x00\x00\x22" + b'{"x":["int8",[1,1]],"order":[5,0]}ab',
    "an unhashable member": b"\x00\x00\x00\x0e" + b'{"s":[{"l":[]}]}'[:14],
}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_frames_are_refused(name: str) -> None:
    with pytest.raises(wire.WireError):
        parse.decode(PLANTED[name])


def notebook(draw: random.Random, good: bytes) -> bytes:
    """A notebook file with something wrong."""
    kind = draw.random()
    if kind < 0.4:
        data = bytearray(good)
        for _ in range(draw.randint(1, 30)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        return bytes(data)
    if kind < 0.9:
        content = json.loads(good)
        part = draw.choice(
            [content, content["metadata"], *content["cells"], *[c["metadata"] for c in content["cells"]]]
        )
        part[draw.choice([*part, "nbgrader", "id"])] = tree(draw)
        return json.dumps(content).encode()
    return good[: draw.randrange(len(good))]


def test_hostile_notebooks_are_read_or_named_unreadable(tmp_path: Path) -> None:
    draw, path = random.Random(SEED), tmp_path / "a.ipynb"
    good = (Path(__file__).parents[2] / "exercises" / "05-attention" / "05-attention.ipynb").read_bytes()
    read = 0
    for _ in range(NOTEBOOKS):
        path.write_bytes(notebook(draw, good))
        try:
            read_notebook(path)
            read += 1
        except UnreadableSubmission:
            continue
    assert 0 < read < NOTEBOOKS
