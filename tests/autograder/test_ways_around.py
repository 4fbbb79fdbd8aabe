"""Ways around the names: what the text spells out is found, and nothing that honest students do is taken for one.

Each is (the answer, the student's cells before it, those between it and its test).
"""

from __future__ import annotations

import pytest

from autograder.rules.forbidden import Found, forbidden_calls

Way = tuple[str, list[str], list[str]]
F = "def f(x):\n    return "
G = "def g(x): return torch.softmax(x, -1)"
SURE: dict[str, Way] = {  # where the text itself shows that the answer leads there
    "__match_args__": (
        "def f(x):\n    match x:\n        case T(s): return s(-1)",
        ["class T(metaclass=Any):\n    __match_args__ = ('softmax',)"],
        [],
    ),
    "__code__": (F + "x.exp()", [G], ["f.__code__ = g.__code__"]),
    "__code__ inline": (F + "x.exp()", [], ["f.__code__ = (lambda x: torch.softmax(x,-1)).__code__"]),
    "__code__ of helper": (F + "h(x)", [G, "def h(x): return x\nh.__code__ = g.__code__"], []),
    "__defaults__": ("def f(x, s=None):\n    return s(x)", [], ["f.__defaults__ = (torch.softmax,)"]),
    "__kwdefaults__": ("def f(x, *, s=None):\n    return s(x)", [], ["f.__kwdefaults__ = {'s': torch.softmax}"]),
    "__globals__": (
        F + "mine(x)",
        ["def mine(x): return x", "f0 = lambda: 0\nf0.__globals__['mine'] = torch.softmax"],
        [],
    ),
    "f.__globals__": (F + "mine(x)", ["def mine(x): return x"], ["f.__globals__['mine'] = torch.softmax"]),
    "setattr __code__": (F + "x.exp()", [G], ["setattr(f, '__code__', g.__code__)"]),
    "f.__setattr__ code": (F + "x.exp()", [G], ["f.__setattr__('__code__', g.__code__)"]),
    "object.__setattr__": (F + "x.exp()", [G], ["object.__setattr__(f, '__code__', g.__code__)"]),
    "setattr folded": (F + "x.exp()", [G], ["setattr(f, '__co' + 'de__', g.__code__)"]),
    "setattr computed": (F + "x.exp()", [G], ["setattr(f, name(), g.__code__)"]),
    "FunctionType": (
        "import types\ndef h(x): return torch.softmax(x, -1)\nf = types.FunctionType(h.__code__, globals())",
        [],
        [],
    ),
    "FunctionType after": (F + "x", [G], ["import types\nf = types.FunctionType(g.__code__, globals())"]),
    "sys.modules": (F + "mine(x)", ["import sys\nsys.modules[__name__].mine = torch.softmax"], []),
    "sys.modules f": (F + "x", [], ["import sys\nsys.modules[__name__].f = torch.softmax"]),
    "setattr sys.modules": (F + "mine(x)", ["import sys\nsetattr(sys.modules[__name__], 'mine', torch.softmax)"], []),
    "import __main__": (F + "mine(x)", ["import __main__\n__main__.mine = torch.softmax"], []),
    "globals": (F + "mine(x)", ["globals()['mine'] = torch.softmax"], []),
    "globals f": (F + "x", [], ["globals()['f'] = torch.softmax"]),
    "globals alias": (F + "mine(x)", ["g = globals()\ng['mine'] = torch.softmax"], []),
    "globals alias f": (F + "x", [], ["g = globals()\ng['f'] = torch.softmax"]),
    "globals update": (F + "mine(x)", ["globals().update(mine=torch.softmax)"], []),
    "vars()": (F + "mine(x)", ["vars()['mine'] = torch.softmax"], []),
    "locals()": (F + "mine(x)", ["locals()['mine'] = torch.softmax"], []),
    "get_ipython ns": (F + "mine(x)", ["get_ipython().user_ns['mine'] = torch.softmax"], []),
    "builtins attr": (F + "mine(x)", ["import builtins\nbuiltins.mine = torch.softmax"], []),
    "__builtins__ setattr": (F + "mine(x)", ["setattr(__builtins__, 'mine', torch.softmax)"], []),
    "__builtins__ key": (F + "mine(x)", ["__builtins__['mine'] = torch.softmax"], []),
    "read __builtins__": (F + "__builtins__['softmax'](x)", [], []),
    "monkeypatch named": (F + "torch.matmul(x, x)", ["torch.matmul = torch.softmax"], []),
    "__dict__ literal": (F + "torch.__dict__['softmax'](x, -1)", [], []),
    "vars literal": (F + "vars(torch)['softmax'](x, -1)", [], []),
    "__dict__.get": (F + "torch.__dict__.get('softmax')(x, -1)", [], []),
    "getattr": (F + "getattr(torch, 'softmax')(x)", [], []),
    "getattr fstring": (F + "getattr(torch, f'soft{\"max\"}')(x)", [], []),
    "getattr concat": (F + "getattr(torch, 'soft' + 'max')(x)", [], []),
    "getattr join": (F + "getattr(torch, ''.join(['soft', 'max']))(x)", [], []),
    "getattr slice": (F + "getattr(torch, 'xamtfos'[::-1])(x)", [], []),
    "attrgetter": (F + "operator.attrgetter('nn.softmax')(torch)(x)", [], []),
    "methodcaller": (F + "operator.methodcaller('softmax', -1)(x)", [], []),
    "import_module": (F + "importlib.import_module('torch.softmax')(x)", [], []),
    "__import__": (F + "__import__('torch').softmax(x)", [], []),
    "__getattribute__": (F + "torch.__getattribute__('softmax')(x)", [], []),
    "F.__getattr__": (F + "F.__getattr__('softmax')(x)", [], []),
    "exec": (F + "mine(x)", ["exec('def mine(x): return torch.softmax(x, -1)')"], []),
    "exec in answer": ("exec('def f(x): return torch.softmax(x, -1)')", [], []),
    "exec of compile": (F + "mine(x)", ["exec(compile('mine = torch.softmax', 'x', 'exec'))"], []),
    "exec after": (F + "x", [], ["exec('f = torch.softmax')"]),
    "eval": (F + "eval('torch.softmax')(x)", [], []),
    "builtins.eval": (F + "builtins.eval('torch.softmax')(x)", [], []),
    "time magic": (F + "mine(x)", ["%time mine = torch.softmax"], []),
    "time magic after": (F + "x", [], ["%time f = torch.softmax"]),
    "timeit options": (F + "mine(x)", ["%timeit -n 1 -r 1 exec('global mine; mine = torch.softmax')"], []),
    "%%time": (F + "mine(x)", ["%%time\nmine = torch.softmax"], []),
    "%%capture": (F + "mine(x)", ["%%capture out\ndef mine(x): return torch.softmax(x, -1)"], []),
    "%%time after": (F + "x", [], ["%%time\nf = torch.softmax"]),
    "run_cell": (F + "mine(x)", ["get_ipython().run_cell('mine = torch.softmax')"], []),
    "parameter of class": (
        F + "k(x)",
        [
            "class K:\n    def __init__(self, s): self.s = s\n    def __call__(self, x): return self.s(x)",
            "k = K(torch.softmax)",
        ],
        [],
    ),
    "default": (F + "h(x)", ["def h(x, s=torch.softmax): return s(x)"], []),
    "closure": (
        F + "h(x)",
        ["def make():\n    s = torch.softmax\n    def h(x): return s(x)\n    return h", "h = make()"],
        [],
    ),
    "decorator": ("@swap\n" + F + "x", ["def swap(f): return torch.softmax"], []),
    "decorator after": (F + "x", ["def swap(f): return torch.softmax"], ["f = swap(f)"]),
    "class attr": (F + "C.s(x)", ["class C:\n    s = torch.softmax"], []),
    "class attr after": (F + "C.s(x)", ["class C: pass\nC.t = 1"], ["C.s = torch.softmax"]),
    "class attr implicit": (F + "C()(x)", ["class C: pass"], ["C.__call__ = lambda self, x: torch.softmax(x, -1)"]),
    "forward": (F + "C()(x)", ["class C(nn.Module): pass"], ["C.forward = lambda self, x: torch.softmax(x, -1)"]),
    "metaclass": (
        "class f(metaclass=M): pass",
        ["class M(type):\n    def __call__(c, x): return torch.softmax(x, -1)"],
        [],
    ),
    "__class_getitem__": (F + "C[x]", ["class C:\n    def __class_getitem__(c, x): return torch.softmax(x, -1)"], []),
    "descriptor": (
        F + "C().s(x)",
        ["class D:\n    def __get__(self, o, t): return torch.softmax\nclass C:\n    s = D()"],
        [],
    ),
    "comprehension": (F + "mine[0](x)", ["mine = [s for s in [torch.softmax]]"], []),
    "walrus": (F + "mine(x)", ["if (mine := torch.softmax): pass"], []),
    "walrus comp": (F + "mine(x)", ["[mine := s for s in [torch.softmax]]"], []),
    "match": (F + "mine(x)", ["match [torch.softmax]:\n    case [mine]: pass"], []),
    "match class": (F + "mine(x)", ["match torch:\n    case object(softmax=mine): pass"], []),
    "with as": (F + "mine(x)", ["with nullcontext(torch.softmax) as mine: pass"], []),
    "for": (F + "mine(x)", ["for mine in [torch.softmax]: pass"], []),
    "except as": (F + "mine.args[0](x)", ["try: raise E(torch.softmax)\nexcept E as e: mine = e"], []),
    "import as": ("from torch import softmax as mine\n" + F + "mine(x)", [], []),
    "import module as": (F + "mine(x)", ["from torch.nn.functional import softmax as mine"], []),
    "star": ("from torch import *\n" + F + "softmax(x, -1)", [], []),
    "partial": ("f = functools.partial(torch.softmax, dim=-1)", [], []),
    "map": (F + "list(map(torch.softmax, [x]))", [], []),
    "reduce": (F + "functools.reduce(torch.softmax, [x, -1])", [], []),
    "aten": (F + "torch.ops.aten._softmax(x, -1, False)", [], []),
    "aten overload": (F + "torch.ops.aten.softmax.int(x, -1)", [], []),
    "_softmax": (F + "torch._softmax(x, -1, False)", [], []),
    "_C": (F + "torch._C._VariableFunctions.softmax(x, -1)", [], []),
    "jit": ("@torch.jit.script\n" + F + "torch.softmax(x, -1)", [], []),
    "CompilationUnit": ("f = torch.jit.CompilationUnit('def f(x): return torch.softmax(x, -1)').f", [], []),
    "extend": (F + "tools[0](x)", ["tools = []\ntools += [torch.softmax]"], []),
    "slice": (F + "tools[0](x)", ["tools = [0]\ntools[0] = torch.softmax"], []),
    "helper between": (F + "helper(x)", ["def helper(x): return x"], ["def helper(x): return torch.softmax(x, -1)"]),
    "rebinding between": (F + "x", [], ["f = torch.softmax"]),
    "rebinding wrapped": (F + "x", [G], ["old = f\ndef f(x): return g(x)"]),
    "rebinding in function": (F + "x", [], ["def go():\n    global f\n    f = torch.softmax\ngo()"]),
    "go when called": ("def f(x):\n    go()\n    return f(x)", ["def go():\n    global f\n    f = torch.softmax"], []),
    "del between": (
        "def softmax(x): return x\n" + F + "softmax(x)",
        ["from torch import softmax"],
        ["del softmax\nfrom torch import *"],
    ),
    "answer elsewhere": ("pass", ["f = torch.softmax"], []),
    "property": (F + "C().s(x)", ["class C: pass", "C.s = property(lambda self: torch.softmax)"], []),
    "cell contents": (
        F + "h(x)",
        [
            "def make(s):\n    def h(x): return s(x)\n    return h\nh = make(None)",
            "h.__closure__[0].cell_contents = torch.softmax",
        ],
        [],
    ),
    "lambda default": ("f = lambda x, s=torch.softmax: s(x)", [], []),
    "class instance between": (
        F + "k(x)",
        ["class K:\n    def __call__(self, x): return x\nk = K()"],
        ["k.__class__ = type('Z', (), {'__call__': lambda s, x: torch.softmax(x, -1)})"],
    ),
    "type()": ("f = type('A', (), {'__call__': lambda s, x: torch.softmax(x, -1)})()", [], []),
    "sys.modules of helper": (F + "mine.s(x)", ["import sys\nsys.modules['mine'] = C(torch.softmax)"], []),
    "__dict__ update": (F + "C().s(x)", ["class C: pass\nc = C()"], ["C.__dict__.update(s=torch.softmax)"]),
    "nn.ModuleDict": (F + "d['a'](x)", ["d = nn.ModuleDict({'a': nn.softmax(-1)})"], []),
    "atexit thread": (
        F + "x",
        [],
        ["def go():\n    globals()['f'] = torch.softmax\nthreading.Thread(target=go).start()"],
    ),
    "saved and loaded": (
        F + "torch.jit.load('a.pt')(x)",
        ["torch.jit.save(torch.jit.trace(lambda x: torch.softmax(x, -1), x), 'a.pt')"],
        [],
    ),
    "timed text": (F + "x", [], ["timeit.timeit('global f; f = torch.softmax', globals=globals())"]),
    "softmin": (F + "torch.nn.functional.softmin(-x, -1)", [], []),
    "a transform": (F + "torch.distributions.transforms.SoftmaxTransform()(x)", [], []),
    "resolve_name": (F + "pkgutil.resolve_name('torch:softmax')(x)", [], []),
    "locate": (F + "pydoc.locate('torch.softmax')(x)", [], []),
    "an own match of a class": ("def f(x):\n    match x:\n        case object(softmax=g): return g(-1)", [], []),
}
DOUBTFUL: dict[str, Way] = {  # where a person has to look
    "another self": (
        "class A:\n    softmax = 0\n    def run(self, x):\n        self = torch\n        return self.softmax(x, -1)\n"
        + F
        + "A().run(x)",
        [],
        [],
    ),
    "append to one of two": (F + "reg[0](x)", ["reg = []", "(reg if True else 0).append(torch.softmax)"], []),
    "append to what a lambda gives": (F + "reg[0](x)", ["reg = []", "(lambda: reg)().append(torch.softmax)"], []),
    "print into a file": (
        F + "m.g(x)",
        ["fh = open('m.py', 'w')", "print('from torch import softmax as g', file=fh)\nfh.close()", "import m"],
        [],
    ),
    "globals update dict": (F + "mine(x)", ["globals().update({'mine': torch.softmax})"], []),
    "globals |=": (F + "mine(x)", ["g = globals()\ng |= {'mine': torch.softmax}"], []),
    "globals non-literal": (F + "mine(x)", ["globals()[name()] = torch.softmax"], []),
    "get_ipython push": (F + "mine(x)", ["get_ipython().push({'mine': torch.softmax})"], []),
    "monkeypatch implicit": (F + "x @ x", ["torch.Tensor.__matmul__ = lambda a, b: torch.softmax(a, -1)"], []),
    "monkeypatch F.linear": (F + "nn.Linear(2, 2)(x)", ["F.linear = lambda x, w, b: torch.softmax(x, -1)"], []),
    "monkeypatch in a function": (
        F + "x @ x",
        ["def go():\n    t = torch.Tensor\n    t.__matmul__ = lambda a, b: a.softmax(-1)\ngo()"],
        [],
    ),
    "vars alias literal": (F + "d['softmax'](x, -1)", ["d = vars(torch)"], []),
    "getattr alias": (F + "ga(torch, 'softmax')(x)", ["ga = getattr"], []),
    "getattr const": (F + "getattr(torch, N)(x)", ["N = 'softmax'"], []),
    "attrgetter as": ("from operator import attrgetter as ag\n" + F + "ag('softmax')(torch)(x)", [], []),
    "exec const": (F + "mine(x)", ["code = 'mine = torch.softmax'", "exec(code)"], []),
    "eval const": (F + "eval(E)(x)", ["E = 'torch.softmax'"], []),
    "%%writefile": (
        "import helper\n" + F + "helper.mine(x)",
        ["%%writefile helper.py\nimport torch\ndef mine(x): return torch.softmax(x, -1)"],
        [],
    ),
    "open write": (
        "import helper\n" + F + "helper.mine(x)",
        ["open('helper.py', 'w').write('import torch\\nmine = torch.softmax')"],
        [],
    ),
    "path write": (
        "import helper\n" + F + "helper.mine(x)",
        ["Path('helper.py').write_text('import torch\\nmine = torch.softmax')"],
        [],
    ),
    "pickle": (F + "pickle.loads(b'ctorch\\nsoftmax\\n.')(x)", [], []),
    "parameter": (F + "mine(x)", ["def keep(s):\n    global mine\n    mine = s", "keep(torch.softmax)"], []),
    "parameter method": (
        F + "k(x)",
        [
            "class K:\n    def keep(self, s): self.s = s\n    def __call__(self, x): return self.s(x)",
            "k = K()",
            "k.keep(torch.softmax)",
        ],
        [],
    ),
    "append": (F + "tools[0](x)", ["tools = []", "tools.append(torch.softmax)"], []),
    "nested container": (F + "tools[0][0](x)", ["tools = [[]]", "tools[0].append(torch.softmax)"], []),
    "dict update": (F + "tools['a'](x)", ["tools = {}", "tools.update(a=torch.softmax)"], []),
    "filled by a function": (
        F + "tools[0](x)",
        ["tools = []\ndef fill(t, s): t.append(s)", "fill(tools, torch.softmax)"],
        [],
    ),
    "queue": (F + "q.get()(x)", ["q = queue.Queue()", "q.put(torch.softmax)"], []),
    "contextvar": (F + "v.get()(x)", ["v = contextvars.ContextVar('v')", "v.set(torch.softmax)"], []),
    "hook": (F + "m(x)", ["m = nn.Identity()", "m.register_forward_hook(lambda m, i, o: torch.softmax(o, -1))"], []),
    "global hook": (
        F + "nn.Identity()(x)",
        ["nn.modules.module.register_module_forward_hook(lambda m, i, o: torch.softmax(o, -1))"],
        [],
    ),
    "go between": (F + "x", ["def go():\n    global f\n    f = torch.softmax"], ["go()"]),
    "alias of torch": (F + "x @ x", ["T = torch.Tensor\nT.__matmul__ = lambda a, b: torch.softmax(a, -1)"], []),
    "alias plain patch": (F + "nn.Linear(2, 2)(x)", ["P = F\nP.linear = lambda x, w, b: torch.softmax(x, -1)"], []),
    "every function there is": (
        F + "x",
        [],
        ["import gc\nfor o in gc.get_objects(): o.__code__ = g.__code__\ndef g(x): return torch.softmax(x, -1)"],
    ),
    "getattr via map": (F + "list(map(getattr, [torch], ['softmax']))[0](x)", [], []),
    "string in list": (F + "[getattr(torch, n) for n in ['softmax']][0](x)", [], []),
    "str param": ("def h(n, x): return getattr(torch, n)(x)\n" + F + "h('softmax', x)", [], []),
    "input transformer": (
        F + "mine(x)",
        ["get_ipython().input_transformers_cleanup.append(lambda l: [s.replace('mine', 'torch.softmax') for s in l])"],
        [],
    ),
    "a mode that answers for torch": (
        F + "x.neg()",
        ["class M(TorchFunctionMode):\n    def __torch_function__(self, g, types, args): return args[0].softmax(-1)"],
        [],
    ),
    "a mode of dispatch": (
        F + "x.neg()",
        ["class M(TorchDispatchMode):\n    def __torch_dispatch__(self, g, types, args): return args[0].softmax(-1)"],
        [],
    ),
    "a kernel of torch's": (
        F + "x.neg()",
        ["lib = torch.library.Library('aten', 'IMPL')\nlib.impl('neg', lambda x: torch.softmax(x, -1), 'CPU')"],
        [],
    ),
    "an operator of one's own": (
        F + "torch.ops.m.s(x)",
        ["@torch.library.custom_op('m::s', mutates_args=())\ndef mine(x): return torch.softmax(x, -1)"],
        [],
    ),
    "one of many of one name": (
        F + "go(x)",
        ["@functools.singledispatch\ndef go(x): return x", "@go.register\ndef _(x: list): return torch.softmax(x, -1)"],
        [],
    ),
    "a field of a format": (
        F + "ask('0.softmax', torch)(x)",
        ["ask = lambda n, o: string.Formatter().get_field(n, [o])[0]"],
        [],
    ),
    "a text with a colon": (F + "find(N)(x)", ["N = 'torch:softmax'\nfind = pkgutil.resolve_name"], []),
    "letters that Python reads alike": (
        "import helper\n" + F + "helper.mine(x)",
        ["open('helper.py', 'w').write('import torch\\nmine = torch.\N{FULLWIDTH LATIN SMALL LETTER S}oftmax')"],
        [],
    ),
    "a star after a function of that name": (F + "softmax(x)", ["def softmax(x): return x", "from torch import *"], []),
}
BY_HAND = "def f(x):\n    e = (x - x.amax(-1, keepdim=True)).exp()\n    return e / e.sum(-1, keepdim=True)"
HONEST: dict[str, Way] = {
    "a class for patterns": (
        BY_HAND,
        ["class Point:\n    __match_args__ = ('x', 'y')\n    def softmax(self): return 1\n"],
        ["import sys\nprint('softmax differs by', 0, file=sys.stderr)"],
    ),
    "append to one of two results": (
        BY_HAND,
        ["good, bad = [], []"],
        ["(good if True else bad).append(torch.softmax(x, -1))"],
    ),
    "an earlier try, and a result": (
        BY_HAND,
        ["def f(x): return torch.softmax(x, -1)"],
        ["found = f(x)\nresults = {'f': f(x), 'softmax': torch.softmax(x, -1)}\nresults['ready'] = x.softmax(-1)"],
    ),
    "weights copied by setattr, one by one": (
        "class A(nn.Module):\n    def forward(self, x): return x @ self.weight",
        [],
        [
            "ready, mine = nn.softmax(3), A()\nfor name, each in ready.named_parameters():\n"
            "    setattr(mine, name, nn.Parameter(each.detach()))"
        ],
    ),
    "a comparison after the answer": (
        BY_HAND,
        [],
        ["x = torch.randn(2, 3)\nassert torch.allclose(f(x), torch.softmax(x, -1))"],
    ),
    "a comparison of a chain": (
        BY_HAND,
        [],
        ["f(x).allclose(torch.softmax(x, -1))\nprint(f(x).sub(x.softmax(-1)).abs().max())"],
    ),
    "assert_close": (BY_HAND, [], ["torch.testing.assert_close(f(x), torch.softmax(x, -1))"]),
    "a check that takes both": (
        BY_HAND,
        ["def compare(mine, theirs):\n    assert torch.allclose(mine(x), theirs(x, -1))"],
        ["compare(f, torch.softmax)"],
    ),
    "timing both": (BY_HAND, [], ["%timeit f(x)\n%timeit torch.softmax(x, -1)", "%%time\ntorch.softmax(x, -1)"]),
    "results by name": (BY_HAND, [], ["results = {}\nresults['f'] = f(x)\nresults['torch'] = torch.softmax(x, -1)"]),
    "results as a dict": (
        BY_HAND,
        [],
        [
            "results = {'f': f(x), 'softmax': torch.softmax(x, -1)}\n"
            "for name, value in results.items(): print(name, value)"
        ],
    ),
    "a plot": (
        BY_HAND,
        ["import matplotlib.pyplot as plt\n%matplotlib inline"],
        ["fig, ax = plt.subplots()\nax.plot(torch.softmax(x, -1), label='softmax')\nplt.rcParams['font.size'] = 8"],
    ),
    "a list of both": (
        BY_HAND,
        [],
        ["for name, g in [('mine', f), ('softmax', lambda x: torch.softmax(x, -1))]:\n    print(name, g(x))"],
    ),
    "an error's text": (
        "def f(x):\n    if x.dim() == 0:\n        raise ValueError('softmax of a number')\n    return x.exp()",
        [],
        [],
    ),
    "a docstring": ("def f(x):\n    '''torch.softmax, by hand; not eval, not exec.'''\n    return x.exp()", [], []),
    "eval of a model": (
        BY_HAND,
        ["model = Mine().eval()\npattern = re.compile('softmax')\nfast = torch.compile(model)"],
        ["model.eval()\nprint('softmax')"],
    ),
    "getattr of an own part": (
        "class A(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        for i in range(2): setattr(self, f'part{i}', nn.Linear(2, 2))\n"
        "    def forward(self, x):\n        for i in range(2): x = getattr(self, f'part{i}')(x)\n        return x",
        [],
        [],
    ),
    "weights copied by setattr": (
        "class A(nn.Module):\n    def forward(self, x): return x @ self.weight",
        [
            "ready = nn.softmax(3)\nmine = A()\n"
            "for name, each in ready.named_parameters(): mine.register_parameter(name, each)"
        ],
        [],
    ),
    "weights loaded": (
        "class A(nn.Module):\n    def forward(self, x): return x @ self.weight",
        [],
        [
            "ready = nn.softmax(3)\nmine = A()\nmine.load_state_dict(ready.state_dict())\n"
            "with torch.no_grad(): mine.weight.copy_(ready.weight)"
        ],
    ),
    "weights loaded at once": (
        "class A(nn.Module):\n    def forward(self, x): return x @ self.weight",
        [],
        ["ready = nn.softmax(3)\nA().load_state_dict(ready.state_dict())"],
    ),
    "numbers collected": (BY_HAND, ["found = []"], ["found.append(torch.softmax(x, -1))\nfound += [f(x)]"]),
    "an earlier try": (
        BY_HAND,
        ["def f(x): return torch.softmax(x, -1)\nassert f(x) is not None"],
        ["assert f(x).sum() == 1"],
    ),
    "an earlier try, kept": (
        BY_HAND,
        ["def f(x): return torch.softmax(x, -1)\nready = f"],
        ["assert torch.equal(ready(x), f(x))"],
    ),
    "a file of notes": (BY_HAND, [], ["with open('notes.txt', 'w') as file: file.write('my softmax is right')"]),
    "a seed": (BY_HAND, ["torch.manual_seed(0)\nimport random\nrandom.seed(0)"], []),
    "an own helper of that name": (
        F + "softmax(x)",
        ["def softmax(x): return x.exp() / x.exp().sum()"],
        ["assert torch.equal(softmax(x), torch.softmax(x, -1))"],
    ),
    "an own underscored helper": ("def _softmax(x): return x.exp()\n" + F + "_softmax(x)", [], []),
    "an own underscored method": (
        "class A:\n    def _softmax(self, x): return x.exp()\n    def f(self, x): return self._softmax(x)",
        [],
        [],
    ),
    "a class with a list": (
        "class A(nn.Module):\n    def __init__(self):\n        self.parts = nn.ModuleList()\n"
        "        self.parts.append(nn.Linear(2, 2))",
        [],
        ["layer = A()\nlayer.parts[0].weight.data = nn.softmax(2).weight.data"],
    ),
    "globals asked": (BY_HAND, ["if 'x' not in globals(): x = torch.randn(2, 3)"], ["x.softmax(-1)"]),
    "a hook that looks": (
        "class A(nn.Module):\n    def forward(self, x): return x",
        [],
        [
            "seen = []\nlayer = A()\nlayer.register_forward_hook(lambda m, i, o: seen.append(o))\n"
            "print(torch.softmax(seen[0], -1))"
        ],
    ),
    "a timer": (BY_HAND, [], ["import timeit\nprint(timeit.timeit(lambda: torch.softmax(x, -1), number=9))"]),
    "a star before a function of that name": (
        "def softmax(x): return x.exp() / x.exp().sum()\n" + F + "softmax(x)",
        ["from torch import *\nfrom torch.nn.functional import *"],
        [],
    ),
    "a star of math after it": (F + "softmax(x)", ["def softmax(x): return x.exp()", "from math import *"], []),
    "results saved, nothing loaded": (BY_HAND, [], ["torch.save(torch.softmax(x, -1), 'ready.pt')"]),
    "a text that is timed": (BY_HAND, [], ["timeit.timeit('torch.softmax(x, -1)', globals=globals(), number=9)"]),
    "a compiled model beside it": (
        BY_HAND,
        ["fast = torch.jit.script(model)\nthreading.Thread(target=go).start()"],
        [],
    ),
    "a gradient checked": (
        BY_HAND,
        [],
        ["y = torch.softmax(x.requires_grad_(), -1)\ny.sum().backward()\nx.grad = None"],
    ),
}


def found(way: Way, asked: str = "f") -> Found:
    answer, before, after = way
    return forbidden_calls(answer, before, ["softmax", "other"], after=after, asked=[asked])


@pytest.mark.parametrize("name", SURE)
def test_planted_a_way_around_is_found(name: str) -> None:
    assert found(SURE[name]) == Found(["softmax"], [])


@pytest.mark.parametrize("name", DOUBTFUL)
def test_planted_a_way_that_cannot_be_followed_is_for_a_person(name: str) -> None:
    assert found(DOUBTFUL[name]) == Found([], ["softmax"])


@pytest.mark.parametrize("name", HONEST)
def test_what_honest_students_do_is_neither(name: str) -> None:
    assert found(HONEST[name], "A" if "class A" in HONEST[name][0] else "f") == Found()


def test_planted_a_helper_of_the_release_is_followed_too() -> None:
    given = ["class Broken:\n    def forward(self, x): return torch.softmax(x, -1)"]
    answer = "class A(Broken): pass"
    assert forbidden_calls(answer, [], ["softmax"], given=given, asked=["A"]).used == ["softmax"]
    assert forbidden_calls(answer, [], ["Broken"], given=given, asked=["A"]).used == ["Broken"]
    assert forbidden_calls("class A: pass", [], ["softmax", "Broken"], given=given, asked=["A"]) == Found()


def test_a_name_put_together_at_run_time_is_out_of_reach_of_the_text() -> None:
    assert found((F + "getattr(torch, chr(115) + rest)(x)", [], [])) == Found()


ALL = ["other", "softmax"]
BLIND: dict[str, Way] = {  # nobody can tell what is called there: all that is forbidden may be
    "a thread": (F + "ThreadPoolExecutor().submit(getattr(torch, name()), x).result()", [], []),
    "notes switched off": (
        "def f(x):\n    with torch._C.DisableTorchFunction(): return getattr(torch, name())(x)",
        [],
        [],
    ),
    "notes switched off before": (F + "getattr(torch, n)(x)", ["torch._C.DisableTorchFunction().__enter__()"], []),
    "notes taken off": ("def f(x):\n    overrides._pop_mode()\n    return getattr(torch, name())(x)", [], []),
    "a compiled function": (F + "fast(x)", ["fast = torch.jit.CompilationUnit('def f(x): return ' + name()).f"], []),
    "an answer that is no Python": (F + "torch.$$(x, -1)", ["get_ipython().input_transformers_post.append(swap)"], []),
    "an answer that is no Python, and a cell that is": (F + "$", ["def f(x): return x"], []),
    "a helper that is no Python": (F + "helper(x)", ["def helper(x): return $$(x)"], []),
}


@pytest.mark.parametrize("name", BLIND)
def test_planted_where_nobody_can_tell_all_that_is_forbidden_is_for_a_person(name: str) -> None:
    assert found(BLIND[name]) == Found([], ALL)


def test_a_cell_that_is_no_python_and_stopped_did_not_run() -> None:
    broken = "def helper(x) return x"
    assert forbidden_calls(BY_HAND, [broken], ["softmax"], failed=[broken], asked=["f"]) == Found()


GRADIENTS = ["autograd", "func"]
NAMED_MODULE = {
    "from a package": "from torch.autograd import forward_ad\ndef f(x):\n    return forward_ad.make_dual(x, x)",
    "from a module": "from torch.func import linearize\n" + F + "linearize(x)",
    "from deeper in it": "from torch.autograd.functional import vhp as mine\n" + F + "mine(x)",
    "import as": "import torch.autograd.functional as mine\n" + F + "mine.vhp(x)",
    "import as, of a parent": "import torch.autograd as mine\n" + F + "mine.forward_ad(x)",
    "in a function": "def f(x):\n    from torch.func import linearize\n    return linearize(x)",
}


@pytest.mark.parametrize("name", NAMED_MODULE)
def test_planted_the_modules_of_an_import_are_named_by_it(name: str) -> None:
    found = forbidden_calls(NAMED_MODULE[name], [], GRADIENTS)
    assert len(found.used) == 1
    lines = NAMED_MODULE[name].splitlines()
    if not lines[0].startswith("def"):
        assert forbidden_calls("\n".join(lines[1:]), lines[:1], GRADIENTS) == found


def test_planted_what_a_star_brings_from_a_forbidden_module_is_for_a_person() -> None:
    star, answer = "from torch.func import *", F + "linearize(x)"
    assert forbidden_calls(answer, [star], GRADIENTS) == Found([], ["func"])
    assert forbidden_calls(f"{star}\n{answer}", [], GRADIENTS) == Found(["func"], [])


HONEST_IMPORTS = {
    "functional": "import torch.nn.functional as F\ndef f(x):\n    return F.relu(x)",
    "from functional": "from torch.nn.functional import relu\n" + F + "relu(x)",
    "a star": "from torch.nn.functional import *\n" + F + "relu(x)",
    "modules of torch's": (
        "from torch.nn.modules.linear import Linear\n"
        "class Layer(nn.Module):\n    def __init__(self):\n        self.add_module('func', Linear(1, 1))\n"
        "def f(x):\n    return Layer()(x)"
    ),
    "the whole of torch": "import torch.nn\nimport torch\ndef f(x):\n    return torch.exp(x)",
    "a relative one": "from . import helpers\n" + F + "helpers.run(x)",
}


@pytest.mark.parametrize("name", HONEST_IMPORTS)
def test_other_imports_name_nothing_forbidden(name: str) -> None:
    assert forbidden_calls(HONEST_IMPORTS[name], [], GRADIENTS) == Found()
    assert forbidden_calls(BY_HAND, [HONEST_IMPORTS[name]], [*GRADIENTS, "softmax"]) == Found()
