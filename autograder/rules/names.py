"""What a piece of Python refers to, read from its syntax tree: names that come from outside it, attributes, and keys.

Python's scopes are kept: a parameter called `max` is no use of the function max, and a default `max=max` is one.
A text that is spelled out where a name is looked up by it (`getattr(torch, "softmax")`) is that name, and one that is
run (`exec("…")`, `%time …`) is that code. All other texts are noted, too: they may become names by a way around.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from autograder.rules.literals import LOOKUPS, called, code_in, fold, is_namespace, names_in, texts_in
from autograder.rules.scopes import Comprehension, Function, binding, names_anywhere, outside, parameters, scope_of

SETTERS = {"setattr", "__setattr__", "__setitem__", "setdefault", "add_module", "register_module", "update"}
MUTATORS = SETTERS | {"append", "appendleft", "extend", "insert", "add", "put", "send", "__setstate__"}
#: Functions of libraries that have others called in a function's place, or at any time.
HOOKS = {"impl", "patch", "object", "settrace", "setprofile", "register", "signal", "custom_op", "triton_op"}
REGISTRARS = {"impl", "custom_op", "triton_op"}  # even of an object of the student's: it changes torch
SURE = "!"  # no name of Python's
#: Methods that torch calls for whatever it is asked, once an object of their class is in its way.
MODES = {"__torch_function__", "__torch_dispatch__"}


@dataclass
class Uses:
    """Names (those in `early` are looked up at once, the others when a function is called), attributes, selves.

    selves: (class, attribute) for each self.attribute in a method: its own, if the class binds it.
    sought: (receiver, attribute) for each attribute that is read: "a" for a.x, "a()" for a(…).x, "a." for a.b.x, where
    a is no variable of a function; "" where nobody can tell; SURE for a name that is looked up by its text.
    texts: the strings, docstrings left out.
    """

    names: set[str] = field(default_factory=set)
    early: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    selves: set[tuple[str, str]] = field(default_factory=set)
    sought: set[tuple[str, str]] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)

    def add(self, other: Uses) -> None:
        self.names |= other.names
        self.early |= other.early
        self.attributes |= other.attributes
        self.selves |= other.selves
        self.sought |= other.sought
        self.texts |= other.texts

    @property
    def any(self) -> bool:
        return bool(self.names or self.attributes or self.selves or self.texts)


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
        self.receiver = "self"  # what that method calls its object, or its class

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load) or self.is_local(node.id):
            return
        self.found.names.add(node.id)
        if not self.later:
            self.found.early.add(node.id)

    def is_local(self, name: str) -> bool:
        for bound, declared in reversed(self.scopes):
            if name in declared or name in bound:
                return name not in declared
        return False

    def receiver_of(self, node: ast.Attribute) -> str:
        root, mark = node.value, ""
        if isinstance(root, ast.Call):
            root, mark = root.func, "()"
        while isinstance(root, ast.Attribute) and mark != "()":
            root, mark = root.value, "."
        return root.id + mark if isinstance(root, ast.Name) and not self.is_local(root.id) else ""

    def look_up(self, names: Iterable[str]) -> None:
        """Note attributes that are looked up by a text."""
        for name in names:
            self.found.attributes.add(name)
            self.found.sought.add((SURE, name))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in self.skipped:
            return
        if isinstance(node.value, ast.Name) and node.value.id == self.receiver and self.method_of:
            self.found.selves.add((self.method_of, node.attr))
        else:
            self.found.attributes.add(node.attr)
            self.found.sought.add((self.receiver_of(node), node.attr))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        reads_namespace = isinstance(node.func, ast.Attribute) and is_namespace(node.func.value)
        if reads_namespace or called(node) in LOOKUPS:
            for text in texts_in(node):
                self.look_up(names_in(text, anywhere=False))
        for program in code_in(node):
            for statement in program.body:
                self.visit(statement)
        self.read_text(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        key = fold(node.slice)
        if key is not None and isinstance(node.ctx, ast.Load) and is_namespace(node.value):
            self.look_up(names_in(key, anywhere=False))
        self.read_text(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring says nothing to Python
            self.visit(node.value)

    def visit_MatchClass(self, node: ast.MatchClass) -> None:
        self.found.attributes.update(node.kwd_attrs)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign | ast.AnnAssign) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(name == "__match_args__" for target in targets for name in binding(target)) and node.value:
            self.found.attributes |= literals(ast.walk(node.value))  # a pattern looks them up
        self.generic_visit(node)

    visit_AnnAssign = visit_Assign

    def read_text(self, node: ast.AST) -> None:
        """Note the text that a node stands for; if it stands for none, go on inside."""
        if (text := fold(node)) is not None:
            self.found.texts.add(text)
        else:
            self.generic_visit(node)

    visit_Constant = visit_BinOp = visit_JoinedStr = read_text

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.read_path(alias.name, whole=bool(alias.asname))  # else the path is spelled again where it is used

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self.read_path(f"{node.module or ''}.{alias.name}", whole=True)

    def read_path(self, path: str, whole: bool) -> None:
        """`from torch.func import vmap` names func as well as vmap. (`torch.nn.modules` is not `sys.modules`.)"""
        *modules, last = path.split(".")
        self.look_up({last} | (set(modules) - LOOKUPS - {""} if whole else set()))

    def visit_Lambda(self, node: Function) -> None:
        arguments = parameters(node)
        body: Sequence[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else node.body
        for part in outside(node):
            self.visit(part)
        before = self.class_name, self.method_of, self.receiver
        own = scope_of(body)
        first = arguments[0].arg if arguments else ""
        if self.class_name and first in ("self", "cls") and first not in own.bound:
            self.method_of, self.receiver = self.class_name, first
        elif self.receiver in own.bound:
            self.method_of = ""  # self = torch
        elif {"self", "cls"} & {each.arg for each in arguments}:
            self.method_of = ""  # another self: def softmax(self): return self.softmax(-1)
        self.class_name = ""
        self.scopes.append((own.local | {each.arg for each in arguments}, own.global_names))
        self.later += 1
        for part in body:
            self.visit(part)
        self.later -= 1
        self.scopes.pop()
        self.class_name, self.method_of, self.receiver = before

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
