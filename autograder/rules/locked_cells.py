"""What a locked cell says that needs nothing of the student's: the judge makes it for itself.

Helpers that a test hands to the student's code (a model with a script, a layer that leaks) are among it: as they live
in the judge, nobody can put his own in their place, look inside, or change what they count.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Collection

from autograder.rules.names import uses
from autograder.rules.scopes import module_names

CONSTANT = (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop)
LIBRARIES = sys.stdlib_module_names | {"torch", "numpy"}  # that the judge has, too


def own_statements(sources: list[str], students: Collection[str] = ()) -> list[str]:
    """The statements of locked cells that need nothing of the student's: imports, constants, functions and classes.

    students: the names of the answers. A function that calls one of them stays on the student's side.
    """
    known: set[str] = set()
    found: list[str] = []
    for source in sources:
        try:
            tree = ast.parse(source)
        except SyntaxError:  # IPython's own commands: nothing of it is a test's
            continue
        for statement in tree.body:
            bound = module_names([statement])
            if is_own(statement, known, students):
                found.append(ast.unparse(statement))
                known |= (
                    bound if not isinstance(statement, ast.Import | ast.ImportFrom) or library(statement) else set()
                )
            else:
                known -= bound
    return found


def is_own(statement: ast.stmt, known: set[str], students: Collection[str]) -> bool:
    match statement:
        case ast.Import() | ast.ImportFrom():
            return True  # one that fails in the judge leaves the name to the student's side
        case ast.Assign(targets=targets, value=value) if constant(value, known):
            return all(map(plain_target, targets))
        case ast.AnnAssign(target=target, value=ast.expr() as value) if constant(value, known):
            return plain_target(target)
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            needed = uses(statement).names - {name}
            return name not in students and all(each in known or hasattr(builtins, each) for each in needed)
    return False


def library(statement: ast.Import | ast.ImportFrom) -> bool:
    """Does it import nothing but what the judge has?"""
    modules = [statement.module or ""] if isinstance(statement, ast.ImportFrom) else [a.name for a in statement.names]
    return all(module.split(".")[0] in LIBRARIES for module in modules)


def plain_target(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) or (isinstance(target, ast.Tuple) and all(map(plain_target, target.elts)))


def constant(value: ast.expr, known: set[str]) -> bool:
    """Is this an expression of literals and of constants before it?"""
    return all(
        isinstance(part, (*CONSTANT, ast.expr_context)) or (isinstance(part, ast.Name) and part.id in known)
        for part in ast.walk(value)
    )
