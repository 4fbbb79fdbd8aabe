"""What a locked cell says that needs nothing of the student's: the judge makes it for itself."""

from __future__ import annotations

import ast


def own_statements(sources: list[str]) -> list[str]:
    """The statements of locked cells that need nothing of the student's: imports, and constants."""
    known: set[str] = set()
    found: list[str] = []
    for source in sources:
        try:
            tree = ast.parse(source)
        except SyntaxError:  # IPython's own commands: nothing of it is a test's
            continue
        for statement in tree.body:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                found.append(ast.unparse(statement))
            elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                bound = {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
                if constant(statement.value, known) and all(map(plain_target, targets)):
                    known |= bound
                    found.append(ast.unparse(statement))
                else:
                    known -= bound
    return found


def plain_target(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) or (isinstance(target, ast.Tuple) and all(map(plain_target, target.elts)))


CONSTANT = (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop)


def constant(value: ast.expr, known: set[str]) -> bool:
    """Is this an expression of literals and of constants before it?"""
    return all(
        isinstance(part, (*CONSTANT, ast.expr_context)) or (isinstance(part, ast.Name) and part.id in known)
        for part in ast.walk(value)
    )
