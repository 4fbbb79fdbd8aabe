"""What crosses between judge and worker: values come back as they went, and what costs too much is refused."""

from __future__ import annotations

import json
import struct
import time
from typing import Any

import pytest
import torch

from autograder.processes import decode as parse
from autograder.processes import encode as wire


def test_values_come_back_as_they_went() -> None:
    values = [None, True, 3, 10**30, -0.5, "ä", b"\x00\xff", [1, (2, {3})], {"a": 1, 2: (3,)}, frozenset([1]), 2j, ...,
              slice(1, None, 2), range(0, 9, 2), torch.float64, torch.Size([2, 0]), torch.device("cpu")]  # fmt: skip
    assert parse.decode(wire.encode(values)) == values
    for dtype in wire.TORCH.values():
        tensor = torch.randn(2, 3).to(dtype)
        back = parse.decode(wire.encode(tensor))
        assert back.dtype == dtype
        assert torch.equal(back, tensor)
    assert parse.decode(wire.encode(torch.empty(0, 3))).shape == (0, 3)
    assert parse.decode(wire.encode(torch.tensor(2.0).expand(1, 1))).tolist() == [[2.0]]
    for dtype in wire.NUMPY.values():
        array = torch.ones(2).numpy().astype(dtype)
        back = parse.decode(wire.encode([array, array[0], array[:0]]))
        assert [part.dtype for part in back] == [dtype] * 3
    assert torch.isnan(torch.tensor(parse.decode(wire.encode(float("nan")))))
    assert torch.equal(parse.decode(wire.encode(torch.arange(6).view(2, 3).T)), torch.arange(6).view(2, 3).T)


def test_planted_what_is_no_plain_data_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(100):
        deep = [deep]
    for bad in (object(), print, deep, torch.ones(2).to_sparse(), (i for i in range(10**6))):
        with pytest.raises(wire.WireError):
            wire.encode(bad)


PRIME = 2**61 - 1  # Python's hash of an int is its remainder
COLLIDING = {
    "numbers": {"s": [n * PRIME for n in range(9_000)]},
    "many numbers": {"s": list(range(60_000))},
    "complex numbers": {"F": [{"c": [repr(-1000003.0 * n), repr(float(n))]} for n in range(9_000)]},
    "keys": {"d": [[n * PRIME, 0] for n in range(9_000)]},
    "many keys": {"d": [[n, 0] for n in range(60_000)]},
}


@pytest.mark.parametrize("name", COLLIDING)
def test_planted_members_chosen_to_take_long_are_refused_at_once(name: str) -> None:
    tree = json.dumps(COLLIDING[name]).encode()
    began = time.process_time()
    with pytest.raises(wire.WireError):
        parse.decode(struct.pack("!I", len(tree)) + tree)
    assert time.process_time() - began < 1


def test_sets_and_dicts_of_one_size_cross_and_larger_ones_are_named() -> None:
    most = wire.MOST_ITEMS
    for value in (set(range(most)), {n: -n for n in range(most)}, frozenset((n, -n) for n in range(most))):
        assert parse.decode(wire.encode(value)) == value
    for large in (set(range(most + 1)), dict.fromkeys(range(most + 1)), (n for n in range(most + 1))):
        with pytest.raises(wire.WireError, match=r"with more than 10,000 items cannot be sent"):
            wire.encode(large)
