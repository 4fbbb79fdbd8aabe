"""What the release gives lives in the judge: honest code calls it as ever, and no other learns or changes anything."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.course.lifecycle import ROOT
from autograder.grading.submission import grade_file
from autograder.notebooks.source import name_of, read_source, without_markers
from autograder.processes.engine import Engine
from autograder.processes.frames import Frames
from autograder.processes.judge.given import MOST_BYTES, Givens
from autograder.processes.judge.link import Link
from autograder.processes.judge.proxy import Rules, StudentObject, number_of
from autograder.processes.judge.run_test import run_test
from autograder.rules.locked_cells import own_statements
from tests.assignments import assignment_of
from tests.autograder.test_judging import serving

GIVEN = """
import torch
class Model:
    def __init__(self, table):
        self.table, self.calls = table, 0
    def __call__(self, ids):
        self.calls += 1
        return self.table[ids]
def make_layer(kind):
    def layer(x):
        return 2 * x if kind == "double" else (x ** 3, x.argmax())
    return layer
def cube(x, power=3):
    return x ** power
"""
STUDENT = """
import torch
class Model:
    calls = property(lambda self: 0, lambda self, value: None)
def make_layer(kind): return kind
def cube(x): return x
kept = []
def once(model, ids): return model(ids)
def often(model, ids):
    for _ in range(5): found = model(ids)
    return found
def resets(model, ids):
    found = often(model, ids)
    try: model.calls = 0
    except AttributeError: pass
    return found
def looks(model): return model.table
def spells(layer): return str(layer), getattr(layer, "__name__", ""), type(layer).__name__
def same(model): kept.append(model); return kept[0] is model
def back(model): return {"it": [model]}
def gradient(layer, x):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(layer(x).sum(), x)[0]
def jacobian(layer, x): return torch.autograd.functional.jacobian(layer, x)
def vectorized(layer, x): return torch.autograd.functional.jacobian(layer, x, vectorize=True)
def reverse(layer, x): return torch.func.jacrev(layer)(x)
def by_keyword(layer, x): return torch.autograd.functional.jacobian(lambda t: layer(x=t), x)
def reverse_keyword(layer, x): return torch.func.jacrev(lambda t: layer(power=3, x=t))(x)
def forward(layer, x): return torch.func.jacfwd(layer)(x)
def forward_keyword(layer, x): return torch.func.jacfwd(lambda t: layer(x=t))(x)
def forward_mode(layer, x):
    return torch.autograd.functional.jacobian(layer, x, strategy="forward-mode", vectorize=True)
def columns(layer, x): return torch.stack([torch.func.jvp(layer, (x,), (v,))[1] for v in torch.eye(3)], -1)
def duals(layer, x):
    with torch.autograd.forward_ad.dual_level():
        return torch.stack([torch.autograd.forward_ad.unpack_dual(
            layer(torch.autograd.forward_ad.make_dual(x, v))).tangent for v in torch.eye(3)], -1)
def looked_at(layer, x):
    import copy
    print(layer.__name__)
    return torch.func.jacrev(copy.deepcopy(copy.copy(layer)))(x)
def double_backward(layer, x): return torch.autograd.functional.jvp(layer, x, x)[1]
def func_hessian(layer, x): return torch.func.hessian(lambda t: layer(t).sum())(x)
def forward_twice(layer, x): return torch.func.jacfwd(torch.func.jacfwd(layer))(x)
def inside(layer, x): return torch.vmap(torch.func.grad(lambda t: layer(t).sum()))(x)
def inside_forward(layer, x): return torch.vmap(lambda t: torch.func.jvp(layer, (t,), (t,))[1])(x)
def in_a_list(layer, x): return layer([x.clone().requires_grad_()])
def mapped(layer, x): return torch.vmap(layer)(x)
def second(layer, x): return torch.autograd.functional.hessian(lambda y: layer(y).sum(), x)
def detached(layer, x):
    with torch.no_grad(): return layer(x)
def trains(layer, x):
    w = torch.ones(3, requires_grad=True)
    for _ in range(3):
        loss = (layer(w) - x).square().sum(); loss.backward()
        with torch.no_grad(): w -= 0.01 * w.grad; w.grad = None
    return w.detach()
def falls(model):
    try: model(torch.tensor([99]))
    except IndexError: return "caught"
def keyword(f, x): return f(x, power=2)
def hands_back(f): return f(lambda: 1)
def hands_itself(f): return f(once)
def large(f): return f(torch.ones(3_000_000))
def through(layer, x): return layer(x) * x
def forever(model):
    while True: model(torch.tensor([0]))
"""
FIRST = "m = Model(torch.arange(6.0))\nids = torch.tensor([1, 3])\n"
X = "x = torch.tensor([1.0, 2.0, 3.0])\n"
PASSES = {
    "a call": FIRST + "assert once(m, ids).tolist() == [1, 3] and m.calls == 1",
    "a count that is the judge's": FIRST + "often(m, ids)\nassert m.calls == 5\nresets(m, ids)\nassert m.calls == 10",
    "another's count": FIRST + "n = Model(torch.ones(9))\nonce(n, ids)\nonce(m, ids)\nassert m.calls == n.calls == 1",
    "the same object": FIRST + "assert same(m) and same(m) and not same(Model(ids))\nassert back(m)['it'][0] is m",
    "a gradient": X + "assert gradient(make_layer('double'), x).tolist() == [2, 2, 2]",
    "a gradient of a cube": X + "assert gradient(cube, x).tolist() == [3, 12, 27]",
    "a jacobian": X + "for f in (jacobian, vectorized, reverse):\n"
    "    assert torch.equal(f(cube, x), torch.diag(3 * x ** 2)), f",
    "a jacobian in any way": X
    + "for f in (by_keyword, reverse_keyword, forward, forward_keyword, forward_mode, columns, duals, looked_at):\n"
    "    assert torch.equal(f(cube, x), torch.diag(3 * x ** 2)), f",
    "vmap": X + "assert torch.equal(mapped(cube, x), x ** 3)",
    "without a gradient": X + "assert torch.equal(detached(cube, x), x ** 3)",
    "steps": X + "w = trains(cube, x)\nassert w.shape == (3,) and w[0] == 1 and w[2] > 1",
    "a pair": X + "cubes, best = once(make_layer('other'), x)\nassert torch.equal(cubes, x ** 3) and best == 2",
    "the gradient of the test's own": X + "x.requires_grad_()\nthrough(cube, x).sum().backward()\n"
    "assert torch.allclose(x.grad, 4 * x.detach() ** 3)",
    "an error": FIRST + "assert falls(m) == 'caught'",
    "a keyword": X + "assert torch.equal(keyword(cube, x), x ** 2)",
    "nothing to see": "one, two = spells(make_layer('double')), spells(make_layer('other'))\n"
    "assert [len(each) for each in one] == [len(each) for each in two] and 'double' not in str(one)",
}
FAILS = {
    FIRST + "looks(m)": ("raised", "table"),
    FIRST + "assert once(m, ids) is None": ("wrong", ""),
    "hands_back(cube)": ("raised", "plain data"),
    "hands_itself(cube)": ("raised", "plain data"),
    "large(cube)": ("raised", "larger than"),
    X + "second(cube, x)": ("raised", "differentiated once"),
    X + "double_backward(cube, x)": ("raised", "reverse mode"),
    X + "func_hessian(cube, x)": ("raised", "reverse mode"),
    X + "forward_twice(cube, x)": ("raised", "reverse mode"),
    X + "inside(cube, x)": ("raised", "around torch.vmap"),
    X + "inside_forward(cube, x)": ("raised", "around torch.vmap"),
    X + "in_a_list(cube, x)": ("raised", "parts of a list"),
    "once(lambda x: x, 1)": ("unfit", "function"),
}


@pytest.fixture
def line() -> Iterator[Frames]:
    with serving(STUDENT) as found:
        yield found


def run(line: Frames, test: str, seconds: float = 10) -> dict[str, Any]:
    request: dict[str, Any] = {
        "name": "t",
        "source": test,
        "seed": 7,
        "may_change": False,
        "students": [],
        "members": [],
    }
    request |= {"own": own_statements([GIVEN]), "classes": ["Model"]}
    rules = Rules(frozenset(["Model"]), frozenset())
    link = Link(line, time.monotonic() + seconds, rules.opaque, number_of, Givens(StudentObject))
    result = run_test(request, rules, link)
    return result | {"settled": link.close()}


@pytest.mark.parametrize("name", PASSES)
def test_honest_code_calls_what_is_given_as_ever(line: Frames, name: str) -> None:
    result = run(line, PASSES[name])
    assert (result["kind"], result["settled"]) == ("passed", True), result


@pytest.mark.parametrize("test", FAILS)
def test_planted_what_is_given_shows_nothing_of_itself(line: Frames, test: str) -> None:
    result = run(line, test)
    kind, words = FAILS[test]
    assert result["kind"] == kind, result
    assert words in result["message"]
    assert result["settled"]


def test_an_endless_loop_around_what_is_given_ends_and_the_worker_goes_on(line: Frames) -> None:
    result = run(line, FIRST + "forever(m)", seconds=0.5)
    assert (result["kind"], result["settled"]) == ("timed out", True)
    assert run(line, PASSES["a call"])["kind"] == "passed"


def test_planted_numbers_that_were_never_given_are_refused() -> None:
    givens = Givens(StudentObject)
    for question in ({"given": 0, "args": [], "kwargs": {}, "wanted": []}, {"given": 0, "call": 3, "gradients": []}):
        assert givens.answer(question, 10)["error"] in ("ValueError", "IndexError")
    assert "larger" in givens.answer({}, MOST_BYTES + 1)["text"]
    assert "error" in givens.answer({"given": []}, 10)


CHEATS = {  # test cell -> (the student's own cell before it, the answer or None for the reference, words)
    "test-translate": (
        "class ScriptedModel(ScriptedModel):\n    calls = property(lambda self: 0, lambda self, value: None)\n",
        "    for _ in range(3):\n        model(source, source[:, :1])\n",
        "the model was asked",
    ),
    "test-dependencies": (
        "class BlackBox(BlackBox):\n    def __init__(self, pattern, *more, **named):\n"
        "        super().__init__(pattern, *more, **named)\n        self.pattern = pattern\n",
        "    model.pattern\n",
        "pattern",
    ),
}


@pytest.mark.parametrize("graded", CHEATS)
def test_planted_a_helper_of_the_students_own_does_not_take_the_given_ones_place(graded: str, tmp_path: Path) -> None:
    """Assignment 10: a model that hides how often it was asked, and a box that is open."""
    own, first_lines, words = CHEATS[graded]
    source = read_source(ROOT / "solutions" / "10-decoder" / "10-decoder.ipynb")
    assignment = assignment_of(source, ROOT / "exercises" / "10-decoder" / "10-decoder.ipynb")
    notebook = copy.deepcopy(assignment.handout.notebook)
    texts = {name_of(cell): without_markers(cell.source) for cell in source.code}
    answer = name_of(source.answer_before(graded))
    texts[answer] = own + texts[answer].replace('"""\n', '"""\n' + first_lines, 1)
    for cell in notebook.cells:
        if name_of(cell) in assignment.handout.answers:
            cell.source = texts[name_of(cell)]
    path = tmp_path / "10-decoder.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    with Engine(ROOT) as engine:
        found = {verdict.cell: verdict for verdict in grade_file(assignment, path, engine).verdicts}
    assert found[graded].score == 0
    assert words in found[graded].message
    assert all(verdict.score == verdict.points for name, verdict in found.items() if name != graded)
