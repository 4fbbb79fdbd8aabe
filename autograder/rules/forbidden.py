"""Forbidden ready-made calls: does an answer use a name that the task forbids? Read from the syntax tree, never run.

A name matches by its last component, so `F.softmax`, `torch.softmax`, `x.softmax` and `from torch import softmax` are
all the same. What the student defines is his own: a function of his called `softmax` is allowed, unless it leads to a
forbidden name itself. Only what the answer reaches counts: a comparison in a cell of one's own is good practice.
What was put under another name, attribute or key (`torch.mine = torch.softmax`) is reached by that one.
Names that are put together at run time (getattr with a computed string) are out of reach of any syntax check.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from autograder.rules.names import SETTERS, Uses, own_attributes, uses
from autograder.rules.scopes import Definition, binding, module_names, names_anywhere, parse_or_empty, scope_of

NUMBERS = {"weight", "bias", "data", "shape"}  # of a layer or a tensor; there is nothing in them to call


@dataclass
class Bindings:
    """What code binds to names, and to attributes or keys of anything, with what that refers to.

    settled: names that it defines whatever happens, and does not delete.  deleted: names that it may delete.
    classes: a class -> its attributes and the names of its bases.
    """

    names: dict[str, Uses] = field(default_factory=dict)
    attributes: dict[str, Uses] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    classes: dict[str, tuple[set[str], set[str]]] = field(default_factory=dict)

    def add(self, other: Bindings) -> None:
        for mine, theirs in ((self.names, other.names), (self.attributes, other.attributes)):
            for name, found in theirs.items():
                mine.setdefault(name, Uses()).add(found)
        for name, parts in other.classes.items():
            self.add_class(name, *parts)
        self.deleted |= other.deleted
        self.settled = (self.settled | other.settled) - self.deleted

    def add_class(self, name: str, attributes: set[str], bases: set[str]) -> None:
        known = self.classes.setdefault(name, (set(), set()))
        known[0].update(attributes)
        known[1].update(bases)

    def binds(self, name: str, attribute: str) -> bool:
        """Does this class, or one of the student's that it is derived from, bind the attribute?"""
        todo, seen = [name], set[str]()
        while todo:
            if (name := todo.pop()) in self.classes and name not in seen:
                seen.add(name)
                if attribute in self.classes[name][0]:
                    return True
                todo.extend(self.classes[name][1])
        return False


@lru_cache(maxsize=512)
def definitions(source: str, failed: bool) -> Bindings:
    """What the cell binds: names by its statements; attributes, keys and classes in any of their parts.

    failed: it did not run to its end; then only the functions that it begins with are certain.
    """
    bound = Bindings()
    certain = True
    for statement in parse_or_empty(source).body:
        found = uses(statement)
        names = module_names([statement])
        inner = names_anywhere(statement) - names  # variables of its functions and comprehensions
        for name in names:
            bound.names.setdefault(name, Uses()).add(found)
        certain = certain and (not failed or cannot_fail(statement, found))
        if certain:
            bound.settled |= set(settles(statement)) - found.early
        for part in ast.walk(statement):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Del):
                bound.deleted.add(part.id)
            if isinstance(part, ast.ClassDef):
                bases = {base.id for base in part.bases if isinstance(base, ast.Name)}
                bound.add_class(part.name, own_attributes(part), bases)
            for target, values in stores(part):
                put = uses(*values, skipped=NUMBERS)
                if put.names & inner:  # which may stand for all that the statement uses
                    put.add(found)
                bind(target, put, bound)
    bound.settled -= bound.deleted
    return bound


def settles(statement: ast.stmt) -> Iterable[str]:
    """The names that a statement of a cell binds without any condition. (`max = max` binds nothing new.)"""
    if isinstance(statement, Definition | ast.Import | ast.ImportFrom):
        yield from binding(statement)
    elif isinstance(statement, ast.Assign):
        yield from scope_of(statement.targets).bound


def cannot_fail(statement: ast.stmt, found: Uses) -> bool:
    """A function that needs nothing else to be defined."""
    if not isinstance(statement, ast.FunctionDef) or found.early:
        return False
    arguments = statement.args
    return all(each is None or isinstance(each, ast.Constant) for each in (*arguments.defaults, *arguments.kw_defaults))


def stores(part: ast.AST) -> Iterable[tuple[ast.AST, list[ast.expr]]]:
    """Where this node puts something under an attribute or a key, and the expressions that it puts there."""
    targets: list[ast.expr | None] = []
    value: ast.expr | None = None
    match part:
        case ast.Assign():
            targets, value = [*part.targets], part.value
        case ast.AnnAssign() | ast.AugAssign():
            targets, value = [part.target], part.value
        case ast.For() | ast.AsyncFor() | ast.comprehension():
            targets, value = [part.target], part.iter
        case ast.withitem():
            targets, value = [part.optional_vars], part.context_expr
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in SETTERS:
            yield from ((each, part.args) for each in part.args if isinstance(each, ast.Constant))
            yield from ((keyword, [keyword.value]) for keyword in part.keywords)
    if value is not None:
        for target in filter(None, targets):
            yield from ((each, [value]) for each in ast.walk(target))


def bind(target: ast.AST, found: Uses, bound: Bindings) -> None:
    """Note what one target of an assignment stands for from now on."""
    names: list[str] = []
    match target:
        case ast.Attribute(value=ast.Name(id="self")):
            return  # an object leads to its class, and its class to this value
        case ast.Attribute(attr=attribute, ctx=ast.Store()):
            names = [attribute]
        case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):  # d["f"] = ...: whoever uses d may use it
            bound.names.setdefault(name, Uses()).add(found)
        case ast.Subscript(slice=ast.Constant(value=str(key)), ctx=ast.Store()):
            names = [key]
        case ast.Constant(value=str(key)) | ast.keyword(arg=str(key)):
            names = [key]
    for each in names:
        bound.attributes.setdefault(each, Uses()).add(found)
        if not isinstance(target, ast.Attribute):  # vars(torch)["f"] = ...; globals()["f"] = ...
            bound.names.setdefault(each, Uses()).add(found)


def forbidden_calls(
    answer: str, other_cells: Iterable[str], forbidden: Iterable[str], failed: Collection[str] = ()
) -> list[str]:
    """The forbidden names that `answer` reaches, directly or through what the other cells define, sorted.

    answer: source of the answer cell.  other_cells: sources of all the student's other code cells.
    failed: those of all these that did not run to their end, so that what they define may not be there.
    """
    wanted = set(forbidden)
    if not wanted:
        return []
    others = Bindings()
    for source in other_cells:
        others.add(definitions(source, source in failed))
    own = definitions(answer, answer in failed)
    return sorted(reach(uses(*parse_or_empty(answer).body), own, others) & wanted)


def reach(start: Uses, own: Bindings, others: Bindings) -> set[str]:
    """All names that code leads to. own: what the answer's cell binds.  others: what the other cells bind.

    A definition in the answer takes the place of others of its name, save where the answer looks it up while it runs:
    then it may mean the earlier one.
    """
    everything = Bindings()
    everything.add(own)
    everything.add(others)
    early = closure(start.early, own)
    reached: set[str] = set()
    looked: set[str] = set()
    seen: set[tuple[str, bool]] = set()
    todo = [(start, True)]
    while todo:
        found, mine = todo.pop()
        inherited = {name for kind, name in found.selves if not everything.binds(kind, name)}
        for name in (found.attributes | inherited) - looked:
            looked.add(name)
            if name in everything.attributes:
                todo.append((everything.attributes[name], False))
        for name in found.names:
            if (name, mine) in seen:
                continue
            seen.add((name, mine))
            if name not in everything.settled:  # a builtin, what a star import brought, or what may be either
                reached.add(name)
            if name in own.names:
                todo.append((own.names[name], True))
            if name in others.names and not (mine and name in own.settled and name not in early):
                todo.append((others.names[name], False))
    return reached | looked


def closure(names: set[str], own: Bindings) -> set[str]:
    """These names and all that the answer's definitions of them look up."""
    found: set[str] = set()
    todo = list(names)
    while todo:
        if (name := todo.pop()) not in found:
            found.add(name)
            todo.extend(own.names[name].names if name in own.names else ())
    return found
