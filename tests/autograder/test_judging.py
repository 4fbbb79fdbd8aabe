"""The judge and the worker's side of a test, joined by a socket in this process: what a test cell may do, and not."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from autograder.grading.session import worker_seed
from autograder.grading.submission import fresh_seed
from autograder.processes.frames import Frames, Lost
from autograder.processes.judge.given import Givens
from autograder.processes.judge.link import Link
from autograder.processes.judge.proxy import Rules, StudentObject, number_of
from autograder.processes.judge.run_test import run_test
from autograder.processes.worker.serve import Server
from autograder.rules.locked_cells import own_statements

# Written as students write: many short lines.
STUDENT = """
import collections, torch
from torch import nn
K = 3
words = ["a", "b"]
def double(x): return 2 * x
def weights(x): return x.softmax(-1), x.argmax(-1)
def in_place(x): x.mul_(2); return x.sum()
def appends(numbers): numbers.append(1); return len(numbers)
def fails(x): raise ValueError("too small")
def stops(): raise StopIteration
class Odd(KeyError): pass
def fails_oddly(): raise Odd("strange")
def steals(x):
    return Agreeable()
def strides(x): return x.is_contiguous(), x.tolist()
last = None
def seen(x):
    global last
    last, before = x, last
    return x is before
def sums(x): return x.sum()
def pairs(): return ((i, i * i) for i in range(3))
def apply(f, x): return f(x)
def train(model, x):
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        optimiser.zero_grad(); model(x).square().mean().backward(); optimiser.step()
    return model
def make_model(seed):
    torch.manual_seed(seed)
    return Layer(4)
def named(x): return collections.namedtuple("Both", "left right")(x, x)
class Agreeable:
    def __getattr__(self, name):
        if name.startswith("__"): raise AttributeError(name)
        return lambda *a, **k: True
    def __eq__(self, other): return True
    def __bool__(self): return True
class Layer(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.linear = nn.Linear(width, width)
        self.twin = self.linear
        self.stack = nn.ModuleList([nn.Linear(width, 2), nn.Linear(2, 1)])
        self.inner, self.norm, self.fake = nn.Linear(width, 1), nn.LayerNorm(width), Agreeable()
        self.register_buffer("table", torch.arange(4.0))
    def forward(self, x): return self.linear(x).sum(-1)
class Value:
    def __init__(self, data): self.data, self.grad = data, 0.0
    def __add__(self, other): return Value(self.data + getattr(other, "data", other))
    __radd__ = __add__
    def __mul__(self, other): return Value(self.data * getattr(other, "data", other))
    def __pow__(self, n): return Value(self.data ** n)
    def __neg__(self): return Value(-self.data)
    def plus(self, other): return self + other
    def __sub__(self, other): return 0.0
    __rsub__ = __floordiv__ = __abs__ = __sub__
    def __torch_function__(self, *a, **k): return True
    def relu(self): return Value(max(0.0, self.data))
    def sum(self): return True
"""
RULES = {"students": ["double"], "classes": ["Layer", "Value"], "members": [], "own": ["import torch"]}


@contextlib.contextmanager
def serving(student: str) -> Iterator[Frames]:
    """The judge's end of a conversation with a worker that has run this code."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(student, names)
    ours, theirs = socket.socketpair()

    def serve() -> None:
        with contextlib.suppress(Lost):
            while True:
                Server(Frames(theirs), names, contextlib.nullcontext, contextlib.nullcontext).serve()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield Frames(ours)
    ours.close()
    thread.join(5)


@pytest.fixture
def line() -> Iterator[Frames]:
    with serving(STUDENT) as found:
        yield found


def run(line: Frames, test: str, seed: int = 7, **rules: Any) -> dict[str, Any]:
    request = {"name": "t", "source": test, "seed": seed, "may_change": False, **RULES, **rules}
    names = Rules(frozenset(request["classes"]), frozenset(request["members"]))
    link = Link(line, time.monotonic() + 10, names.opaque, number_of, Givens(StudentObject))
    result = run_test(request, names, link)
    link.close()
    return result


PASSES = {
    "a function of tensors": "assert torch.equal(double(torch.ones(2)), torch.full((2,), 2.0))",
    "a tuple of tensors": "w, best = weights(torch.randn(2, 3))\n"
    "assert w.shape == (2, 3) and best.dtype == torch.int64",
    "plain data": "assert double([1, 'x']) == [1, 'x', 1, 'x'] and double('ab') == 'abab'\n"
    "assert words[1] == 'b' and K == 3",
    "numbers that JSON has not": "x = double(float('inf'))\nassert x == float('inf') and double(1j) == 2j",
    "an expected exception": "try: fails(1)\nexcept ValueError as error: assert 'too small' in str(error)\n"
    "else: raise AssertionError",
    "an exception of an own class": "try: fails_oddly()\nexcept KeyError: pass\nelse: raise AssertionError",
    "a generator": "assert list(pairs()) == [(0, 0), (1, 1), (2, 4)]",
    "a subclass of tuple is no tuple": "left, right = named(1)\nassert type(named(1)) is not tuple and left == right",
    "the gradient of an argument": "x = torch.randn(3, requires_grad=True)\n(double(x) * x).sum().backward()\n"
    "assert torch.allclose(x.grad, 4 * x)",
    "the gradient through two calls": "x = torch.randn(3, requires_grad=True)\ndouble(double(x)).sum().backward()\n"
    "assert torch.equal(x.grad, torch.full((3,), 4.0))",
    "gradients of parameters": "layer = Layer(4)\nw = layer.linear.weight\n"
    "(layer(torch.ones(4)) + layer.linear.bias.sum()).backward()\n"
    "assert torch.allclose(layer.linear.bias.grad, torch.full((4,), 2.0)) and w.grad.abs().sum() > 0",
    "no gradient under no_grad": "with torch.no_grad(): y = double(torch.ones(2, requires_grad=True))\n"
    "assert not y.requires_grad",
    "loading weights": "layer = Layer(4).double()\n"
    "state = {k: torch.zeros_like(v) for k, v in layer.state_dict().items()}\nlayer.load_state_dict(state)\n"
    "assert layer(torch.ones(4).double()) == 0 and layer.table.sum() == 0",
    "fluent methods and flags": "layer = Layer(4).eval()\nassert layer.training is False and layer.train().training",
    "reading, indexing, counting": "layer = Layer(4)\n"
    "assert layer.stack[1].in_features == 2 and len(layer.stack) == 2\n"
    "assert [part.out_features for part in layer.stack] == [2, 1]\n"
    "assert sum(p.numel() for p in layer.parameters()) == 20 + 10 + 3 + 5 + 8",
    "parts that are called as tensors' methods are": "layer = Layer(4)\nx = torch.randn(2, 4)\n"
    "assert layer.inner(layer.norm(x)).shape == (2, 1)",
    "one parameter under two names": "layer = Layer(4)\nassert layer.twin.weight is layer.linear.weight",
    "a step on the student's side": "model = make_model(3)\ntrained = train(model, torch.ones(2, 4))",
    "parameters follow a step": "layer = Layer(4)\nw = layer.linear.weight\nold = w.detach().clone()\n"
    "train(layer, torch.ones(2, 4))\nassert not torch.equal(w, old) and torch.equal(w, layer.linear.weight)",
    "a function by its name": "assert apply(double, 4) == 8",
    "methods of an object": "a, b = Value(2.0), Value(3.0)\nassert a.plus(b).data == 5 and a.plus(1).relu().data == 3",
    "views stay views": "x = torch.arange(12.0).reshape(3, 4)\n"
    "for y in (x, x.T, x[:, ::2], x[:1].expand(3, 4), x.T[None]):\n"
    "    assert strides(y) == (y.is_contiguous(), y.tolist()), y",
    "the same argument twice": "x, y = torch.ones(2), torch.ones(2)\nassert not seen(x) and seen(x) and not seen(y)\n"
    "x += 1\nassert not seen(x) and sums(x) == 4",
    "the seed": "draw = torch.Generator().manual_seed(SEED)\n"
    "assert SEED == 7 and torch.is_tensor(double(torch.randn(2, generator=draw)))",
    "its own functions": "def law(n): return double(n) == n + n\nassert all(law(n) for n in range(4))",
}  # fmt: skip
FAILS = {  # test -> (kind, words of the message)
    "assert double(2) == 5, 'twice'": ("wrong", "twice"),
    "fails(1)": ("raised", "too small"),
    "stops()\nassert False": ("raised", ""),
    "for x in [1]: stops()": ("raised", ""),
    "assert steals(1).allclose(torch.ones(1))": ("unfit", "Agreeable"),
    "assert steals(1) == 5": ("unfit", "Agreeable"),
    "assert steals(1)": ("unfit", "Agreeable"),
    "assert 5 == steals(1)": ("unfit", "Agreeable"),
    "assert steals(1) in [5]": ("unfit", "Agreeable"),
    "assert torch.allclose(steals(1), torch.ones(1))": ("raised", "allclose"),
    "assert Value(1).data.allclose(1)": ("raised", "allclose"),
    "v = Value(1.0)\nassert v.plus(v).allclose(1)": ("unfit", "allclose"),
    "assert abs(Value(1.0) - 5) < 1": ("unfit", "reckoned"),
    "assert abs(5 - Value(1.0)) < 1": ("unfit", "reckoned"),
    "assert abs(torch.ones(2) - Value(1.0)).sum() < 1": ("unfit", "reckoned"),
    "assert (Value(1.0) - torch.ones(2)).sum() < 1": ("unfit", "reckoned"),
    "assert -Value(1.0) == 1": ("unfit", "reckoned"),
    "assert Value(1.0) // 2 == 1": ("unfit", "reckoned"),
    "assert torch.sub(Value(1.0), 1) == 1": ("raised", "sub"),
    "assert torch.allclose(Value(1.0), torch.ones(1))": ("raised", "allclose"),
    "x = torch.ones(1)\nx -= Value(1.0)\nassert x == 0": ("unfit", "reckoned"),
    "assert Layer(2)(torch.ones(2)).nonsense": ("raised", "nonsense"),
    "v = Value(2.0)\nassert v.sum()": ("unfit", "tensor"),
    "assert Value(1) == Value(1)": ("unfit", "compared"),
    "assert Layer(4).fake.allclose(torch.ones(1))": ("unfit", "allclose"),
    "assert abs(Layer(4).fake - torch.ones(1)) < 1": ("unfit", "data"),
    "Layer(4).linear = 3": ("unfit", "set"),
    "missing(1)": ("raised", "missing"),
    "assert 1 == 1": ("untouched", "without using"),
    "in_place(torch.ones(3))": ("wrong", "in_place changed an argument"),
    "x = [torch.ones(3)]\nappends(x)": ("wrong", "appends changed"),
    "double(lambda: 1)": ("unfit", "function"),
}


@pytest.mark.parametrize("name", PASSES)
def test_what_a_test_cell_may_do_works_across_the_boundary(line: Frames, name: str) -> None:
    result = run(line, PASSES[name])
    assert result["kind"] == "passed", result


@pytest.mark.parametrize("test", FAILS)
def test_planted_what_must_not_pass_does_not(line: Frames, test: str) -> None:
    result = run(line, test)
    kind, words = FAILS[test]
    assert result["kind"] == kind, result
    assert words in result["message"], result


def test_a_changed_argument_reaches_the_test_and_may_be_asked_for(line: Frames) -> None:
    test = "x = torch.ones(3)\nin_place(x)\napply(in_place, x)\nassert x.sum() == 12\n"
    test += "n = [5]\nappends(n)\nassert n == [5, 1]"
    assert run(line, test)["kind"] == "wrong"
    assert run(line, test, may_change=True)["kind"] == "passed"


def test_a_method_that_the_task_names_may_be_called_whatever_tensors_have(line: Frames) -> None:
    assert run(line, "assert Value(2.0).sum()", members=["sum"])["kind"] == "passed"


def test_the_workers_seed_repeats_and_depends_on_all_of_the_judges() -> None:
    assert worker_seed(5) == worker_seed(5)
    assert len({worker_seed(7 + (high << 32)) for high in range(100)}) == 100  # torch draws the same from all of these
    assert max(fresh_seed() for _ in range(60)) >> 56  # too many to search


def test_the_judge_makes_imports_constants_and_helpers_for_itself(line: Frames) -> None:
    cells = [
        "import math\nPAD, BOS = 0, 1\nPAIR = (PAD, -BOS)\nbad = PAD.real\nx: int = 3",
        "import translator\ndef f(x): return math.pi * BOS\nclass A:\n    def g(self): return f(2)",
        "def theirs(): return double(2)\ndef other(): return translator.load(1)\ndef more(): return other()",
    ]
    own = own_statements(cells, students=["double", "A"])
    assert own[:4] == ["import math", "PAD, BOS = (0, 1)", "PAIR = (PAD, -BOS)", "x: int = 3"]
    assert [text.split("(")[0] for text in own[4:]] == ["import translator", "def f"]
    assert "class A:" in own_statements(cells)[-1]
    # The student's K is 3; the locked cell's is 8.
    assert run(line, "assert K == 8 and double(1) == 2", own=["K = 8"])["kind"] == "passed"
