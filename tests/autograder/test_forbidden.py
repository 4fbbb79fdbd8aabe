"""Forbidden names: found wherever an answer reaches them, and never in what is the student's own."""

from __future__ import annotations

import pytest

from autograder.rules.forbidden import forbidden_calls

F = "def f(x):\n    return "
REACHED = {  # what hides the name -> the answer, and the student's other cells
    "nothing": [f"{F}torch.softmax(x, -1)"],
    "a method": [f"{F}x.softmax(-1)"],
    "getattr with a literal": [f"{F}getattr(torch, 'softmax')(x)"],
    "an import under another name": ["from torch import softmax as s\n" + f"{F}s(x, -1)"],
    "a helper": [f"{F}helper(x)", "def helper(x): return deeper(x)", "deeper = torch.softmax"],
    "a base class": [
        "class A(Line): pass\n" + f"{F}A()(x)",
        "from torch.nn import softmax as S\nclass Line(S): pass",
    ],
    "an attribute": [f"{F}torch.mine(x)", "torch.mine = torch.softmax"],
    "an attribute, in a function": [f"{F}torch.mine(x)", "def go():\n    torch.mine = lambda x: x.softmax(-1)\ngo()"],
    "an attribute of a method": [f"{F}x.mine()", "def s(self): return self.softmax(-1)\ntorch.Tensor.mine = s"],
    "an attribute of an attribute": [f"{F}torch.nn.a(x)", "torch.nn.a, b = torch.b, 1\ntorch.b = torch.softmax"],
    "a loop": [f"{F}torch.mine(x)", "for torch.mine in [torch.softmax]: pass"],
    "a with": [f"{F}torch.mine(x)", "with some(torch.softmax) as torch.mine: pass"],
    "setattr": [f"{F}torch.mine(x)", "setattr(torch, 'mine', torch.softmax)"],
    "setattr in a loop": [f"{F}torch.mine(x)", "[setattr(torch, 'mine', s) for s in [torch.softmax]]"],
    "setattr of a function's own variable": [
        f"{F}torch.mine(x)",
        "def go():\n    s = torch.softmax\n    torch.mine = s\ngo()",
    ],
    "a global name that a function binds": [
        f"{F}mine(x)",
        "def go():\n    global mine\n    mine = torch.softmax\ngo()",
    ],
    "a name that a pattern binds": [f"{F}mine(x)", "match torch.softmax:\n    case mine: pass"],
    "a part of a module": [f"{F}box.mine(x)", "box = nn.Module()\nbox.add_module('mine', nn.softmax(-1))"],
    "a key": [f"{F}d['f'](x)", "d = {}\nd['f'] = torch.softmax"],
    "a key of a namespace": [f"{F}torch.mine(x)", "vars(torch)['mine'] = torch.softmax"],
    "a key of the globals": [f"{F}mine(x)", "globals()['mine'] = torch.softmax"],
    "update": [f"{F}torch.mine(x)", "torch.__dict__.update(mine=torch.softmax)"],
    "a parameter of another function": ["def f(x):\n    def g(softmax): pass\n    return softmax(x)"],
    "a variable of another function": ["def f(x):\n    def g(): softmax = 1\n    return softmax(x)"],
    "a variable of a comprehension": ["def f(x):\n    [softmax for softmax in ()]\n    return softmax(x)"],
    "a default": ["def f(x, softmax=softmax):\n    return softmax(x)"],
    "a default of the same name": ["def softmax(x, s=softmax):\n    return s(x)\n" + f"{F}softmax(x)"],
    "itself": [f"{F}softmax(x)", "softmax = softmax"],
    "a branch that never runs": [f"{F}softmax(x)", "if False: softmax = 1"],
    "a definition that is deleted": [f"{F}softmax(x)", "def softmax(x): pass", "del softmax"],
    "a key of the same name": [f"{F}softmax(x)", "{}.setdefault('softmax', 1)"],
    "a declaration": ["def f(x):\n    global softmax\n    if 0: softmax = 1\n    return softmax(x)"],
    "a helper kept by an assignment": ["helper = helper\n" + f"{F}helper(x)", "def helper(x): return softmax(x)"],
    "a helper kept in a branch": [
        "if False: helper = 1\n" + f"{F}helper(x)",
        "def helper(x): return softmax(x)",
    ],
    "a helper kept by another cell": [
        "def helper(x): return old(x)\n" + f"{F}helper(x)",
        "def helper(x): return softmax(x)",
        "old = helper",
    ],
    "a helper kept by the answer": [
        "old = helper\ndef helper(x): return old(x)\n" + f"{F}helper(x)",
        "def helper(x): return softmax(x)",
    ],
    "a parameter called self": ["def f(self):\n    return self.softmax(-1)"],
    "a method that is inherited": ["class T(torch.Tensor):\n    def f(self): return self.softmax(-1)"],
}


@pytest.mark.parametrize("name", REACHED)
def test_planted_a_forbidden_name_is_found_behind(name: str) -> None:
    answer, *others = REACHED[name]
    assert forbidden_calls(answer, others, ["softmax", "other"]).used == ["softmax"]


OWN = {  # what is the student's own -> the answer, and the student's other cells
    "a function of that name": [f"{F}softmax(x)", "def softmax(x): return x.exp() / x.exp().sum()"],
    "a function of that name in the answer": ["def softmax(x): return x.exp()\n" + f"{F}softmax(x)"],
    "a recursive one": ["def softmax(x): return x if x else softmax(x)\n" + f"{F}softmax(x)"],
    "a comparison in another cell": [f"{F}x.exp()", "assert torch.equal(f(x), torch.softmax(x, -1))"],
    "an earlier try under the same name": [f"{F}f(x)", "def f(x): return torch.softmax(x, -1)"],
    "a parameter": ["def f(x, softmax): return softmax(x)"],
    "a variable": ["def f(x):\n    softmax = x.exp()\n    return softmax / softmax.sum()"],
    "a variable of a loop": ["def f(x):\n    return [softmax for softmax in x]"],
    "a variable of the function around": ["def f(softmax):\n    def g(x): return softmax(x)\n    return g"],
    "a method": ["class A:\n    def softmax(self): pass\n    def f(self): return self.softmax()"],
    "a part of a module": [
        "class A(nn.Module):\n    def __init__(self): self.softmax = Mine()\n    def f(self, x): return self.softmax(x)"
    ],
    "a method of the base class": [
        "class A(B):\n    def f(self): return self.softmax()",
        "class B:\n    def softmax(self): pass",
    ],
    "weights taken from the ready-made one": [
        "def f(layer): return layer.inner.weight",
        "ready = nn.softmax(3)\nmine.inner.weight = nn.Parameter(ready.inner.weight)",
        "mine.weight.data = ready.weight.data",
    ],
    "numbers that were made with it": [f"{F}x.exp()", "d = {}\nd['f'] = torch.softmax(x, -1)"],
}


@pytest.mark.parametrize("name", OWN)
def test_what_is_the_students_own_is_allowed(name: str) -> None:
    answer, *others = OWN[name]
    assert forbidden_calls(answer, others, ["softmax"]).used == []


MINE = "class Mine:\n    @staticmethod\n    def softmax(x): return x.exp()\n"
KNOWN = {  # what is read from a class of the student's -> the answer, and the other cells
    "a static method": [MINE + f"{F}Mine.softmax(x)"],
    "a static method of another cell": [f"{F}Mine.softmax(x)", MINE],
    "a method of the class": [
        "class A:\n    @classmethod\n    def go(cls, x): return cls.softmax(x)\n    softmax = abs"
    ],
}
UNKNOWN = {  # where it may be the student's own
    "an object": [MINE + f"mine = Mine()\n{F}mine.softmax(x)"],
    "a new object": [MINE + f"{F}Mine().softmax(x)"],
    "a field": ["@dataclass\nclass R:\n    softmax: int\ndef f(x):\n    r = R(x)\n    return r.softmax"],
    "a part of a tuple": ["class R(NamedTuple):\n    softmax: int\n" + f"{F}R(x).softmax"],
    "a member of an enumeration": ["class Kind(Enum):\n    softmax = 1\n" + f"{F}Kind.softmax"],
    "what a log holds beside": ["def f(x):\n    log['n'] = x", "log = {}", "log['r'] = torch.softmax(x, -1)"],
    # and where it only looks so
    "another self": [
        "class A:\n    softmax = 1\n    def go(self, x):\n        self = torch\n        return self.softmax(x)\n"
        + f"{F}A().go(x)"
    ],
    "a tensor": [MINE + f"{F}x.softmax(-1)"],
    "a name that is bound again": [MINE + f"{F}Mine.softmax(x)", "Mine = torch"],
    "a name bound by its text": [MINE + f"{F}Mine.softmax(x)", "ns = globals()", "ns['Mine'] = torch"],
    "a class that is filled": [MINE + f"{F}Mine.softmax(x)", "for n, g in vars(torch).items(): setattr(Mine, n, g)"],
    "a class of torch's": ["class T(torch.Tensor):\n    softmax: int\n" + f"{F}T.softmax(x, -1)"],
    "a decorator's": ["@(lambda c: torch)\nclass T:\n    softmax = 1\n" + f"{F}T.softmax(x, -1)"],
    "a layer in a dict": [f"{F}d['f'](x)", "d = {}", "d['f'] = torch.nn.softmax(-1)"],
}
STILL = {  # a class of one's own beside it changes nothing
    "torch's": [MINE + f"{F}torch.softmax(x, -1)"],
    "a part of torch's": [MINE + f"{F}torch.nn.functional.softmax(x, -1)"],
    "an import": [MINE + "from torch import softmax as s\n" + f"{F}s(x, -1)"],
    "its text": [MINE + f"{F}getattr(torch, 'softmax')(x)"],
    "an inner spelling": ["class A:\n    _softmax = 1\n" + f"{F}torch._softmax(x, -1, False)"],
    "in a class of one's own": [f"class A:\n    softmax = torch.softmax\n{F}A.softmax(x, -1)"],
    "put into it": [MINE + f"{F}Mine.softmax(x, -1)", "Mine.softmax = torch.softmax"],
}


@pytest.mark.parametrize("name", KNOWN)
def test_what_a_class_of_the_students_gives_is_his_own(name: str) -> None:
    answer, *others = KNOWN[name]
    found = forbidden_calls(answer, others, ["softmax"])
    assert (found.used, found.unclear) == ([], [])


@pytest.mark.parametrize("name", UNKNOWN)
def test_planted_what_may_be_the_students_own_is_for_a_person(name: str) -> None:
    answer, *others = UNKNOWN[name]
    found = forbidden_calls(answer, others, ["softmax"])
    assert (found.used, found.unclear) == ([], ["softmax"])


@pytest.mark.parametrize("name", STILL)
def test_planted_a_class_of_ones_own_hides_nothing(name: str) -> None:
    answer, *others = STILL[name]
    assert forbidden_calls(answer, others, ["softmax"]).used == ["softmax"]


def test_planted_the_gradients_of_torch_are_no_numbers() -> None:
    assert forbidden_calls(f"{F}torch.mine(x)", ["torch.mine = torch.autograd.grad"], ["grad"]).used == ["grad"]


def test_planted_a_definition_after_an_error_is_not_there() -> None:
    hidden = "1 / 0\ndef softmax(x): pass"
    assert forbidden_calls(f"{F}softmax(x)", [hidden], ["softmax"]).used == []
    assert forbidden_calls(f"{F}softmax(x)", [hidden], ["softmax"], failed=[hidden]).used == ["softmax"]
    tried = "def softmax(x): return x.exp()\nassert softmax(x) == 3"
    assert forbidden_calls(f"{F}softmax(x)", [tried], ["softmax"], failed=[tried]).used == []


def test_a_cell_that_does_not_parse_calls_nothing() -> None:
    assert forbidden_calls("def f(x) return softmax(x)", ["softmax("], ["softmax"]).used == []
