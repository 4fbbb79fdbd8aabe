"""What a test cell may do, so that it runs alike in the student's kernel and in a judge that holds only proxies.

A test cell calls the student's functions with data that it made itself, and compares what comes back with what it
computes itself. It may build, call, index and read objects of the classes that the answer cell defines, load weights
into them and backpropagate through them. Everything else that would need the student's own process is a fault here.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from autograder.rules.scopes import names_anywhere, parse

IMPORTS = {"torch", "math", "itertools"}
DRAWS = {"rand", "randn", "randint", "randperm", "normal", "bernoulli", "multinomial", "rand_like", "randn_like"}
HIDDEN = ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")
OUT_OF_REACH = {
    "exec",
    "eval",
    "compile",
    "open",
    "globals",
    "locals",
    "vars",
    "setattr",
    "delattr",
    "get_ipython",
    "print",
}


def root_name(node: ast.expr) -> str:
    """The name at the root of `a.b[c](d)`, here `a`; empty when there is none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def opaque_names(tree: ast.Module, classes: set[str]) -> set[str]:
    """Names that hold objects of the student's classes: `layer = CrossAttention(…).double()` and copies of it."""
    found: set[str] = set()
    for part in ast.walk(tree):
        if isinstance(part, ast.Assign) and isinstance(part.value, ast.Call):
            innermost = part.value
            while isinstance(innermost.func, ast.Attribute) and isinstance(innermost.func.value, ast.Call):
                innermost = innermost.func.value
            if isinstance(innermost.func, ast.Name) and innermost.func.id in classes:
                found |= {target.id for target in part.targets if isinstance(target, ast.Name)}
    return found


def faults(code: str, students: set[str], classes: set[str], given: set[str]) -> Iterator[str]:
    """What the test cell does that it may not.

    students: names that answer cells bind.  classes: those of them that are classes.  given: names of locked cells.
    """
    tree = parse(code)
    own = names_anywhere(tree) | {part.arg for part in ast.walk(tree) if isinstance(part, ast.arg)}
    opaque = opaque_names(tree, classes)
    yield from name_faults(tree, own, students | given)
    for part in ast.walk(tree):
        yield from call_faults(part, students | opaque, opaque | classes)
        yield from state_faults(part, students, opaque, own)
        yield from draw_faults(part)
        if isinstance(part, ast.Assert) and part.msg is None:
            yield f"line {part.lineno}: an assert without a message: name the likely mistake"
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        yield "the cell ends in a bare expression, which nbgrader would read as partial credit"


def name_faults(tree: ast.Module, own: set[str], known: set[str]) -> Iterator[str]:
    for part in ast.walk(tree):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            if part.id in OUT_OF_REACH:
                yield f"line {part.lineno}: {part.id} is not for a test cell"
            elif part.id not in own | known | {"SEED"} and not hasattr(builtins, part.id):
                yield f"line {part.lineno}: the name {part.id!r} is bound nowhere that a test may rely on"
        elif isinstance(part, ast.Import | ast.ImportFrom):
            modules = [part.module or ""] if isinstance(part, ast.ImportFrom) else [a.name for a in part.names]
            for module in modules:
                if module.split(".")[0] not in IMPORTS:
                    yield f"line {part.lineno}: import of {module}: a test may import {', '.join(sorted(IMPORTS))}"


def call_faults(part: ast.AST, callees: set[str], opaque: set[str]) -> Iterator[str]:
    if not isinstance(part, ast.Call):
        return
    name = part.func.id if isinstance(part.func, ast.Name) else ""
    arguments = [*part.args, *(keyword.value for keyword in part.keywords)]
    if name in ("isinstance", "issubclass", "type", "bool", "hasattr", "callable") and any(
        isinstance(argument, ast.Name) and argument.id in opaque for argument in arguments
    ):
        yield f"line {part.lineno}: {name}() of the student's object or class"
    if root_name(part.func) in callees:
        for argument in arguments:
            if isinstance(argument, ast.Lambda):
                yield f"line {part.lineno}: a callback (lambda) is passed into student code"


def state_faults(part: ast.AST, students: set[str], opaque: set[str], own: set[str]) -> Iterator[str]:
    """Monkeypatching, and asking the student's objects about themselves."""
    if isinstance(part, ast.Assign | ast.AugAssign | ast.Delete):
        targets = part.targets if isinstance(part, ast.Assign | ast.Delete) else [part.target]
        for target in targets:
            root = root_name(target)
            if isinstance(target, ast.Name) and target.id in students:
                yield f"line {part.lineno}: the student's name {target.id!r} is bound anew"
            elif isinstance(target, ast.Attribute) and (root in students | opaque or root not in own):
                yield f"line {part.lineno}: monkeypatching: an attribute of {root or 'an expression'!r} is set"
    elif isinstance(part, ast.Compare):
        if any(isinstance(side, ast.Name) and side.id in opaque for side in (part.left, *part.comparators)):
            yield f"line {part.lineno}: the student's object is compared"
    elif isinstance(part, ast.BinOp | ast.UnaryOp):
        sides = (part.left, part.right) if isinstance(part, ast.BinOp) else (part.operand,)
        if any(isinstance(side, ast.Name) and side.id in opaque for side in sides):
            yield f"line {part.lineno}: arithmetic with the student's object"
    elif isinstance(part, ast.Assert | ast.If | ast.While) and isinstance(part.test, ast.Name):
        if part.test.id in opaque:
            yield f"line {part.lineno}: the truth of the student's object is asked"
    elif isinstance(part, ast.FunctionDef) and part.name in students:
        yield f"line {part.lineno}: the student's name {part.name!r} is bound anew"


def draw_faults(part: ast.AST) -> Iterator[str]:
    """Random numbers come from a generator seeded with SEED, so that the judge can put another seed in its place."""
    if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
        drawn = part.func.attr in DRAWS and root_name(part.func) == "torch"
        if drawn and not any(keyword.arg == "generator" for keyword in part.keywords):
            yield f"line {part.lineno}: torch.{part.func.attr} without generator=: draw from the seeded generator"
        if part.func.attr == "manual_seed" and root_name(part.func) == "torch":
            seeded = isinstance(part.func.value, ast.Call)  # torch.Generator().manual_seed(SEED)
            if not seeded or not (part.args and isinstance(part.args[0], ast.Name) and part.args[0].id == "SEED"):
                yield f"line {part.lineno}: seed a torch.Generator() with SEED, and nothing else"


def hidden_faults(code: str) -> Iterator[str]:
    """A graded cell has one hidden region, with at least one assert in it."""
    lines = [line.strip() for line in code.splitlines()]
    if [lines.count(marker) for marker in HIDDEN] != [1, 1]:
        yield "a graded cell has exactly one hidden region"
    elif not any(line.startswith("assert") for line in lines[lines.index(HIDDEN[0]) : lines.index(HIDDEN[1])]):
        yield "the hidden region holds no assert"
