"""What a cell defines: names by its statements, attributes, keys and containers in any of their parts.

Two readings of it are kept. What is sure: `torch.mine = torch.softmax`, `globals()["mine"] = …`, `f.__code__ = …`,
`exec("def mine(): …")`. And what may be: a list that something is appended to, an argument that a function keeps, a
name of the library that is changed under everybody's feet (`torch.matmul = …`), a text that is not spelled out and run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache

from autograder.rules.bindings import Bindings, Effects, Given
from autograder.rules.literals import WRITERS, called, code_in, fold, is_namespace, runs_text, texts_in
from autograder.rules.names import HOOKS, MODES, MUTATORS, SETTERS, Uses, own_attributes, uses
from autograder.rules.scopes import (
    Definition,
    binding,
    module_names,
    names_anywhere,
    parameters,
    parse_or_empty,
    scope_of,
)

HARMLESS = {"math", "translator", "typing", "collections", "dataclasses", "matplotlib"}  # with a *, no ready-made call
SAVERS = {"save", "dump", "dumps"}  # what they keep is what whoever loads may get
NUMBERS = {"weight", "bias", "data", "shape"}  # of a layer or a tensor; there is nothing in them to call


@lru_cache(maxsize=512)
def definitions(source: str, failed: bool) -> Bindings:
    """What a cell binds.

    failed: it did not run to its end; then only the functions that it begins with are certain.
    """
    bound = Bindings()
    read(parse_or_empty(source).body, bound, certain=True, failed=failed)
    bound.settled -= bound.deleted
    return bound


def read(statements: Iterable[ast.stmt], bound: Bindings, certain: bool, failed: bool) -> None:
    """Note what these statements bind; certain: whether they are sure to run."""
    for statement in statements:
        found = uses(statement)
        names = module_names([statement])
        inner = names_anywhere(statement) - names  # variables of its functions and comprehensions
        inner |= {part.arg for part in ast.walk(statement) if isinstance(part, ast.arg)}
        bound.early |= found.early
        bound.mentioned |= found.names | found.attributes
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            bound.owned |= names
        if isinstance(statement, ast.ClassDef):
            body = body_of(statement)
            bound.bodies[statement.name] = bound.bodies.get(statement.name, body) & body
            bound.rebound |= names - {statement.name}
        else:
            bound.rebound |= names
        for name in names:
            bound.put(name, found)
        certain = certain and (not failed or cannot_fail(statement, found))
        if certain:
            new = set(settles(statement)) - found.early
            bound.settled, bound.replaced = bound.settled | new, bound.replaced - new
        for part in ast.walk(statement):
            read_part(part, found, inner, bound)


def body_of(node: ast.ClassDef) -> set[str]:
    """The attributes that a plain class gives itself; none where a decorator or a base may do so."""
    own = {name for part in node.body for name in binding(part)}
    if node.decorator_list or node.bases or node.keywords or "__class__" in own:
        return set()
    fixed = [part for part in node.body if isinstance(part, ast.FunctionDef | ast.Assign)]
    return {name for part in fixed for name in scope_of([part]).bound}


def read_part(part: ast.AST, found: Uses, inner: set[str], bound: Bindings) -> None:
    """Note what one node binds. found, inner: what its statement uses, and the variables of functions in it."""
    match part:
        case ast.Name(id=name, ctx=ast.Del()):
            bound.deleted.add(name)
        case ast.ClassDef(name=name):
            bases = {base.id for base in part.bases if isinstance(base, ast.Name)}
            bound.add_class(name, own_attributes(part), bases)
            bound.defined.add(name)
            methods = {each.name for each in ast.walk(part) if isinstance(each, ast.FunctionDef)}
            bound.add_effects(name, Effects(calls=methods, found=found))
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name() | ast.Attribute()):
            bound.aliases[name] = root_name(part.value)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            bound.defined.add(name)
            bound.add_effects(name, effects_of(part, found))
            if name in MODES or any(map(hooks, part.decorator_list)):
                bound.wild.add(found)
        case ast.Import(names=aliases):
            bound.modules |= {alias.name.split(".")[0] for alias in aliases}
        case ast.ImportFrom(module=str(module), names=names):
            bound.modules.add(module.split(".")[0])
            if names[0].name == "*" and module.split(".")[0] not in HARMLESS:
                bound.stars, bound.replaced = True, set(bound.settled)
                bound.wild.add(found)  # names of it may be used, and none is spelled
        case ast.Call():
            read_call(part, found, inner, bound)
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if (text := fold(key)) is not None:
                    bound.given.append(Given("", uses(value), key=text))
    for target, values in stores(part):
        put = uses(*values, skipped=NUMBERS)
        if put.names & inner:  # which may stand for all that the statement uses
            put.add(found)
        made = isinstance(part, ast.Assign) and isinstance(part.value, ast.Call)
        bind(target, put, inner, bound, made)
    match part:
        case ast.Subscript(value=value, slice=key, ctx=ast.Store()) if is_namespace(value) and fold(key) is None:
            bound.wild.add(found)


def read_call(call: ast.Call, found: Uses, inner: set[str], bound: Bindings) -> None:
    """Note the code that a call runs, the text that it writes, and what it is given."""
    name = called(call)
    programs = list(code_in(call))
    for program in programs:
        read(program.body, bound, certain=False, failed=False)
    if runs_text(call) and not programs:
        bound.wild.add(found)
    to_file = name == "print" and any(keyword.arg in ("file", None) for keyword in call.keywords)
    if to_file or name in WRITERS or root_name(call.func) in ("os", "subprocess"):
        bound.written |= found.texts
    if name == "run_cell_magic" and (texts := texts_in(call)) and texts[0] not in ("time", "timeit", "capture"):
        bound.written |= set(texts)  # %%writefile
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    put = uses(*arguments, skipped=NUMBERS)
    if put.names & inner:
        put.add(found)
    if name in SAVERS:
        for loader in ("load", "loads"):
            bound.attributes.setdefault(loader, Uses()).add(put)
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    root = root_name(owner) if owner and (name in MUTATORS or not has_call(owner)) else ""
    first = frozenset(map(root_name, arguments)) - {"", "self"}
    roots = {root}
    if owner and not root and name in MUTATORS:  # (mine if True else other).append(…)
        roots |= {part.id for part in ast.walk(owner) if isinstance(part, ast.Name)}
    bound.given += [Given(each, put, name, first, each in inner) for each in sorted(roots)]


def hooks(decorator: ast.expr) -> bool:
    """Does this decorator have a function called in other places: @torch.library.custom_op(…), @go.register?"""
    parts = (part for part in ast.walk(decorator) if isinstance(part, ast.Name | ast.Attribute))
    names = {part.id if isinstance(part, ast.Name) else part.attr for part in parts}
    return bool(names & HOOKS) or any(name.startswith("register_") for name in names)


def has_call(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Call) for part in ast.walk(node))


def effects_of(function: ast.FunctionDef | ast.AsyncFunctionDef, found: Uses) -> Effects:
    """What calling this function of the student's may bind outside it. found: what the statement it stands in uses."""
    effects = Effects(found=found)
    own = scope_of(function.body)
    given = {each.arg for each in parameters(function)}
    for part in ast.walk(function):
        match part:
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                effects.names |= set(names)
            case ast.Attribute(attr=name, ctx=ast.Store()):
                effects.attributes.add(name)
                effects.changes |= root_name(part) in given
                effects.names |= {root_name(part)} - own.local - given
            case ast.Subscript(ctx=ast.Store()):
                effects.changes |= root_name(part) in given
                effects.names |= {root_name(part)} - own.local - given
            case ast.Call():
                effects.calls.add(called(part))
                if called(part) in MUTATORS and isinstance(part.func, ast.Attribute):
                    effects.changes |= root_name(part.func) in given
                    effects.names |= {root_name(part.func)} - own.local - given
    effects.names.discard("")
    return effects


def root_name(node: ast.AST) -> str:
    """The name at the root of `a.b[c](d)`, here `a`; empty when there is none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call | ast.Starred):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


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


def stores(part: ast.AST) -> Iterator[tuple[ast.AST, list[ast.expr]]]:
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
            yield from ((each, part.args) for each in part.args if fold(each) is not None)
            yield from ((keyword, [keyword.value]) for keyword in part.keywords)
            if len(part.args) == 3:  # setattr(thing, name, value)
                yield ast.Attribute(part.args[0], fold(part.args[1]) or "?", ast.Store()), part.args[1:]
            elif name == "__setattr__" and len(part.args) == 2 and isinstance(part.func, ast.Attribute):
                yield ast.Attribute(part.func.value, fold(part.args[0]) or "?", ast.Store()), part.args
    if value is not None:
        for target in filter(None, targets):
            yield from ((each, [value]) for each in ast.walk(target))


def bind(target: ast.AST, found: Uses, inner: set[str], bound: Bindings, made: bool = False) -> None:
    """Note what one target of an assignment stands for from now on. made: it is what a call gave, a number mostly."""
    names: list[str] = []
    match target:
        case ast.Attribute(value=ast.Name(id="self")):
            return  # an object leads to its class, and its class to this value
        case ast.Attribute(attr=attribute, ctx=ast.Store()):
            names = [attribute]
            through(target, found, inner, bound)
        case ast.Subscript(ctx=ast.Store()):
            key = fold(target.slice)
            if isinstance(target.value, ast.Name):  # d["f"] = ...: whoever uses d may use it
                name = target.value.id
                if made:
                    bound.given.append(Given(name, found, "__setitem__", inner=name in inner))
                else:
                    bound.put(name, found)
                if key is not None:
                    bound.given.append(Given(target.value.id, found, key=key))
            elif key is not None:
                names = [key]
            through(target, found, inner, bound)
        case ast.keyword(arg=str(key)):
            names = [key]
        case ast.expr() if (key := fold(target)) is not None:
            names = [key]
    for each in names:
        bound.attributes.setdefault(each, Uses()).add(found)
        bound.put(each, found)  # it may be a module's: sys.modules["__main__"].f = ...; globals()["f"] = ...


def through(target: ast.Attribute | ast.Subscript, found: Uses, inner: set[str], bound: Bindings) -> None:
    """Whoever uses the object that the target is a part of may use what was put there."""
    root = root_name(target)
    if root == "self" or not found.any:
        return
    if isinstance(target, ast.Attribute) and (target.attr.startswith("__") or target.attr == "cell_contents"):
        # f.__code__ = ...: all that f is; and as f may be anything, a class of torch's for one, everything.
        bound.wild.add(found)
        for part in ast.walk(target.value):
            match part:
                case ast.Name(id=name):
                    bound.put(name, found)
                case ast.Attribute(attr=name):
                    bound.attributes.setdefault(name, Uses()).add(found)
    bound.given.append(Given(root, found, inner=root in inner))
