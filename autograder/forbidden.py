"""Forbidden ready-made calls: does an answer use a name that the task forbids? Read from the syntax tree, never run.

A name matches by its last component, so `F.softmax`, `torch.softmax`, `x.softmax` and `from torch import softmax` are
all the same. What the student defines is his own: a function of his called `softmax` is allowed, unless it leads to a
forbidden name itself. Only what the answer reaches counts: a comparison in a cell of one's own is good practice.
Names that are put together at run time (getattr with a computed string) are out of reach of any syntax check.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager


@dataclass
class Uses:
    """What a piece of code refers to: plain names, attribute names (and constant strings that getattr might take)."""

    names: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)


def uses(node: ast.AST) -> Uses:
    found = Uses()
    bound: set[str] = set()  # a parameter or local variable called `max` is no use of the function max
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            (found.names if isinstance(part.ctx, ast.Load) else bound).add(part.id)
        elif isinstance(part, ast.arg):
            bound.add(part.arg)
        elif isinstance(part, ast.Attribute):
            # self.softmax is the student's own attribute; what it holds was named somewhere else.
            if not (isinstance(part.value, ast.Name) and part.value.id == "self"):
                found.attributes.add(part.attr)
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "getattr":
            constants = [a.value for a in part.args if isinstance(a, ast.Constant)]
            found.attributes.update(value for value in constants if isinstance(value, str))
        elif isinstance(part, ast.Import | ast.ImportFrom):
            found.attributes.update(alias.name.rsplit(".", 1)[-1] for alias in part.names)
    found.names -= bound
    return found


@lru_cache(maxsize=512)  # each answer of a notebook looks at all its cells
def parse(source: str) -> ast.Module:
    """The syntax tree of a notebook cell; IPython's own commands are allowed. A cell that does not parse is empty."""
    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])  # it cannot run either, so it cannot call anything


def definitions(tree: ast.Module) -> dict[str, Uses]:
    """What each name that the cell binds (by def, class, assignment, import) refers to."""
    bound: dict[str, Uses] = {}
    for statement in tree.body:
        found = uses(statement)
        for name in binds(statement):
            earlier = bound.setdefault(name, Uses())
            earlier.names |= found.names - {name}
            earlier.attributes |= found.attributes
    return bound


@lru_cache(maxsize=512)
def definitions_in(source: str) -> dict[str, Uses]:
    return definitions(parse(source))


def binds(statement: ast.stmt) -> Iterable[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name.split(".")[0] for alias in statement.names)
    else:
        for part in ast.walk(statement):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                yield part.id


def forbidden_calls(answer: str, other_cells: Iterable[str], forbidden: Iterable[str]) -> list[str]:
    """The forbidden names that `answer` reaches, directly or through what the other cells define, sorted.

    answer: source of the answer cell.  other_cells: sources of all the student's other code cells.
    """
    wanted = set(forbidden)
    if not wanted:
        return []
    known: dict[str, Uses] = {}
    for source in other_cells:
        for name, found in definitions_in(source).items():
            earlier = known.setdefault(name, Uses())
            earlier.names |= found.names
            earlier.attributes |= found.attributes
    tree = parse(answer)
    known.update(definitions(tree))
    reached: set[str] = set()
    todo: list[str] = []
    for statement in tree.body:
        own = uses(statement)
        reached |= own.attributes
        todo.extend(own.names)
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in known:
            reached |= known[name].attributes
            todo.extend(known[name].names)
        else:
            reached.add(name)  # a builtin, or a name that a star import brought
    return sorted(reached & wanted)
