"""What a piece of Python refers to, read from its syntax tree: names that come from outside it, attributes, and keys.

Python's scopes are kept: a parameter called `max` is no use of the function max, and a default `max=max` is one.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from autograder.rules.scopes import Comprehension, Function, names_anywhere, outside, parameters, scope_of

SETTERS = {"setattr", "__setattr__", "__setitem__", "setdefault", "add_module", "register_module", "update"}


@dataclass
class Uses:
    """Names (those in `early` are looked up at once, the others when a function is called), attributes, selves.

    selves: (class, attribute) for each self.attribute in a method: its own, if the class binds it.
    """

    names: set[str] = field(default_factory=set)
    early: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    selves: set[tuple[str, str]] = field(default_factory=set)

    def add(self, other: Uses) -> None:
        self.names |= other.names
        self.early |= other.early
        self.attributes |= other.attributes
        self.selves |= other.selves


def uses(*nodes: ast.AST, skipped: Collection[str] = ()) -> Uses:
    """What these statements or expressions of a module's outermost level refer to.

    skipped: attributes that are of no interest, with all that they are read from.
    """
    reader = Reader(skipped)
    for node in nodes:
        reader.visit(node)
    return reader.found


class Reader(ast.NodeVisitor):
    """Collects Uses. scopes: (names bound, names declared global) of each function around the node, innermost last."""

    def __init__(self, skipped: Collection[str] = ()) -> None:
        self.skipped = skipped
        self.found = Uses()
        self.scopes: list[tuple[set[str], set[str]]] = []
        self.later = 0  # bodies of functions around the node
        self.class_name = ""
        self.method_of = ""  # the class whose method the node is in

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            return
        for bound, declared in reversed(self.scopes):
            if node.id in declared:
                break
            if node.id in bound:
                return
        self.found.names.add(node.id)
        if not self.later:
            self.found.early.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in self.skipped:
            return
        if isinstance(node.value, ast.Name) and node.value.id == "self" and self.method_of:
            self.found.selves.add((self.method_of, node.attr))
        else:
            self.found.attributes.add(node.attr)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id == "getattr":
            self.found.attributes.update(literals(node.args))
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.found.attributes.update(alias.name.rsplit(".", 1)[-1] for alias in node.names)

    visit_ImportFrom = visit_Import

    def visit_Lambda(self, node: Function) -> None:
        arguments = parameters(node)
        body: Sequence[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else node.body
        for part in outside(node):
            self.visit(part)
        before = self.class_name, self.method_of
        if self.class_name and arguments and arguments[0].arg == "self":
            self.method_of = self.class_name
        elif "self" in {each.arg for each in arguments}:
            self.method_of = ""  # another self: def softmax(self): return self.softmax(-1)
        self.class_name = ""
        own = scope_of(body)
        self.scopes.append((own.local | {each.arg for each in arguments}, own.global_names))
        self.later += 1
        for part in body:
            self.visit(part)
        self.later -= 1
        self.scopes.pop()
        self.class_name, self.method_of = before

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in outside(node):
            self.visit(part)
        before, self.class_name = self.class_name, node.name
        for statement in node.body:
            self.visit(statement)
        self.class_name = before

    def visit_ListComp(self, node: Comprehension) -> None:
        self.visit(node.generators[0].iter)  # it is looked up outside
        self.scopes.append((names_anywhere(*(each.target for each in node.generators)), set()))
        self.generic_visit(node)
        self.scopes.pop()

    visit_SetComp = visit_GeneratorExp = visit_DictComp = visit_ListComp


def literals(nodes: Iterable[ast.AST]) -> set[str]:
    """The strings among these expressions."""
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def own_attributes(node: ast.ClassDef) -> set[str]:
    """The attributes that a class binds: in its body, by self.x = ..., and by add_module("x", ...)."""
    found = scope_of(node.body).local
    for part in ast.walk(node):
        match part:
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                found.add(name)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                if name in SETTERS or name.startswith("register_"):
                    found |= literals(part.args)
    return found
