"""Which names Python code binds, and in which scope: the one reader of that, for all rules.

`symtable` of the standard library knows the same of whole programs, as text; the tests hold this module to it. Here the
rules ask about single statements and pieces of them, in code that a student may have left half done.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


def parse(code: str) -> ast.Module:
    """The syntax tree of a notebook cell; IPython's own commands are allowed. Raises SyntaxError."""
    return ast.parse(TransformerManager().transform_cell(code))


@lru_cache(maxsize=512)  # the same cells are asked about again and again: for each answer, for each student
def parse_or_empty(code: str) -> ast.Module:
    """The same, where a cell that does not parse is empty: it cannot run, so it neither binds nor calls anything.

    Raises RecursionError, MemoryError or RuntimeError (IPython's) for a cell that this process cannot read, because
    a worker that has changed its own limits may still run it.
    """
    try:
        return parse(code)
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def parses(code: str) -> bool:
    """Is this Python, as the worker would read it with nothing changed in IPython? (If not, it was something else.)"""
    try:
        parse(code)
    except (SyntaxError, ValueError):
        return False
    return True


def binding(part: ast.AST) -> Iterator[str]:
    """The names that this one node binds, or deletes, in the scope that it stands in."""
    match part:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield part.name
        case ast.Import() | ast.ImportFrom():
            names = (alias.asname or alias.name.split(".")[0] for alias in part.names)
            yield from (name for name in names if name != "*")
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name


def parameters(node: Function) -> list[ast.arg]:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return arguments + [each for each in (node.args.vararg, node.args.kwarg) if each]


def outside(node: Definition | ast.Lambda) -> list[ast.AST]:
    """The parts of a function or class that belong to the scope around it: decorators, defaults, annotations, bases."""
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *node.keywords]
    parts: list[Any] = [*node.args.defaults, *node.args.kw_defaults, *(each.annotation for each in parameters(node))]
    if not isinstance(node, ast.Lambda):
        parts += [*node.decorator_list, node.returns]
    return [part for part in parts if part is not None]


@dataclass
class Scope:
    """What code binds in its own scope, what it declares global or nonlocal, and the definitions that stand in it."""

    bound: set[str] = field(default_factory=set)
    global_names: set[str] = field(default_factory=set)
    nonlocal_names: set[str] = field(default_factory=set)
    inner: list[Definition] = field(default_factory=list)

    @property
    def local(self) -> set[str]:
        """What a function binds for itself."""
        return self.bound - self.global_names - self.nonlocal_names


def scope_of(body: Iterable[ast.AST]) -> Scope:
    """The scope of these statements or expressions; what stands in functions and classes in it is not of it."""
    found = Scope()
    todo = [(part, False) for part in body]  # a node, and whether it stands in a comprehension
    while todo:
        part, comprehended = todo.pop()
        comprehended = comprehended or isinstance(part, Comprehension)
        children: Iterable[ast.AST] = ast.iter_child_nodes(part)
        if isinstance(part, ast.Global):
            found.global_names.update(part.names)
        elif isinstance(part, ast.Nonlocal):
            found.nonlocal_names.update(part.names)
        elif isinstance(part, Definition):
            found.inner.append(part)
        if isinstance(part, Definition | ast.Lambda):
            children = outside(part)
        if isinstance(part, ast.NamedExpr):  # it binds outside the comprehensions that it stands in
            found.bound.add(part.target.id)
        elif not comprehended:  # a comprehension's variables are its own
            found.bound.update(binding(part))
        todo.extend((child, comprehended) for child in children)
    return found


def module_names(statements: Iterable[ast.stmt]) -> set[str]:
    """The names that statements of the outermost level bind there, also from functions that declare them global."""
    outermost = scope_of(statements)
    found, todo = outermost.bound, outermost.inner
    while todo:
        inner = scope_of(todo.pop().body)
        found |= inner.bound & inner.global_names
        todo += inner.inner
    return found


def names_anywhere(*nodes: ast.AST) -> set[str]:
    """The names that code binds in any scope, those of parameters left out."""
    return {name for node in nodes for part in ast.walk(node) for name in binding(part)}
