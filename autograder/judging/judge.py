"""The judge: it runs test cells as they stand. Names that are not the test's own are the student's, behind handles.

It is a process of its own, in a sandbox of its own, because it reads what an untrusted process writes.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import json
import time
from typing import Any

import torch

from autograder.judging.frames import Frames, Lost
from autograder.judging.link import Link, Stop, Unfit
from autograder.judging.proxy import CLASS, FUNCTION, Rules, StudentObject, handle, number_of, remote_value, settle

MESSAGE = 2000


class Names(dict):
    """The globals of a test cell: its own names, Python's, then the student's."""

    def __init__(self, link: Link, rules: Rules, students: set[str]) -> None:
        super().__init__(__name__="__main__")
        self.link, self.rules, self.students = link, rules, students

    def __missing__(self, name: str) -> Any:
        if (hasattr(builtins, name) and name not in self.students) or name.startswith("__"):
            raise KeyError(name)
        answer = self.link.ask(op="name", name=name)
        if answer.get("unknown"):
            self.link.answers -= 1
            raise NameError(f"name {name!r} is not defined")
        value = remote_value(self.link, answer)
        if type(value) is not StudentObject:
            return value  # not kept: a name may stand for something else after the next call
        settle(value, CLASS if name in self.rules.classes else FUNCTION, self.rules.classes)
        handle(value).name = name
        self[name] = value
        return value


def main(driver: Frames, worker: Frames) -> None:
    """Run the test cells that the driver sends, one after another, until it is gone."""
    torch.set_num_threads(1)
    while True:
        try:
            request = json.loads(driver.receive())
        except Lost:
            return
        link = Link(worker, time.monotonic() + request["seconds"], lambda *_: None, number_of)
        result = judge(request, link)
        driver.send(json.dumps(result).encode())
        driver.send(json.dumps({"settled": link.close()}).encode())


def judge(request: dict[str, Any], link: Link) -> dict[str, Any]:
    """Run one test cell. Returns what came of it: a kind, a message, the class of an error, the seconds it took."""
    rules = Rules(set(request["classes"]), set(request["members"]))
    rules.link, link.proxy = link, rules.make
    names = Names(link, rules, set(request["students"]))
    began = time.perf_counter()
    kind, message, error = "passed", "", ""
    sink = io.StringIO()
    try:
        with contextlib.redirect_stdout(sink), contextlib.redirect_stderr(sink):
            for statement in request["own"]:
                own(statement, names)
            names["SEED"] = request["seed"]
            exec(compile(request["source"], f"<{request['name']}>", "exec"), names)
    except Stop as stop:
        kind, message = stop.args
    except Unfit as unfit:
        kind, message = "unfit", str(unfit)
    except AssertionError as failure:
        kind, message, error = "wrong", str(failure), "AssertionError"
        if hasattr(failure, "student"):
            kind, error = "raised", failure.student
    except BaseException as failure:
        kind, message = "raised", str(failure)
        error = getattr(failure, "student", type(failure).__name__)
    if link.stopped:  # however the cell went on after it
        kind, message = link.stopped.args
    elif kind == "passed" and link.changed and not request["may_change"]:
        kind, message = "wrong", f"{link.changed[0]} changed an argument that it was given: work on a copy."
    elif kind == "passed" and not link.answers:
        kind, message = "untouched", "The test passed without using anything of yours."
    seconds = time.perf_counter() - began
    return {"kind": kind, "message": message[:MESSAGE], "error": error, "seconds": seconds}


def own(statement: str, names: Names) -> None:
    """An import or a constant of the notebook's locked cells, which the judge makes for itself.

    An import that fails here (the package is on the student's side only) leaves the name to the student's side.
    """
    with contextlib.suppress(ImportError):
        exec(compile(statement, "<locked>", "exec"), names)


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
