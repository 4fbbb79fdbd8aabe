"""The judge: it runs test cells as they stand. Names that are not the test's own are the student's, behind handles.

It is a process of its own, in a sandbox of its own, because it reads what an untrusted process writes.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import json
import time
from typing import Any

import torch

from autograder.processes.frames import Frames, Lost
from autograder.processes.judge.given import LOCKED, Givens
from autograder.processes.judge.link import Link, Stop, Unfit
from autograder.processes.judge.proxy import (
    CLASS,
    FUNCTION,
    Rules,
    StudentObject,
    handle,
    number_of,
    remote_value,
    settle,
)

MESSAGE = 2000


class Names(dict[str, Any]):
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
        rules = Rules(frozenset(request["classes"]), frozenset(request["members"]))
        link = Link(worker, time.monotonic() + request["seconds"], rules.opaque, number_of, Givens(StudentObject))
        result = run_test(request, rules, link)
        driver.send(json.dumps(result).encode())
        driver.send(json.dumps({"settled": link.close()}).encode())


def run_test(request: dict[str, Any], rules: Rules, link: Link) -> dict[str, Any]:
    """Run one test cell. Returns what came of it: a kind, a message, the class of an error, the seconds it took."""
    names = Names(link, rules, set(request["students"]))
    began = time.perf_counter()
    kind, message, error = "passed", "", ""
    sink = io.StringIO()
    try:
        with contextlib.redirect_stdout(sink), contextlib.redirect_stderr(sink):
            for statement in request["own"]:
                run_locked(statement, names)
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


def run_locked(statement: str, names: Names) -> None:
    """An import, a constant, a function or a class of the notebook's locked cells, which the judge makes for itself.

    An import that fails here (the package is on the student's side only) leaves the name to the student's side.
    """
    with contextlib.suppress(ImportError):
        exec(compile(statement, LOCKED, "exec"), names)
