"""The bank: known mistakes and honest variants of every exercise, and the proof that the tests tell them apart.

`bank/ASSIGNMENT/GRADED_CELL/` holds `wrong/*.py`, `right/*.py` (each the text of the answer cell) and
`expected.toml`. No kernel is started: torch is imported once, and every answer runs in a fork of its own.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import tomllib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch

from autograder.errors import CourseError
from autograder.notebooks.source import Source, flag, name_of, without_markers

SEEDS = tuple(range(1000, 1025))
WALL_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """One answer of the bank. `words` must all occur in the message that a wrong answer gets."""

    graded: str
    kind: str  # "right", "wrong" or "unforeseen"
    name: str
    text: str
    words: tuple[str, ...] = ()


def load(folder: Path) -> list[Answer]:
    """Every answer under `bank/ASSIGNMENT`. Raises CourseError where files and entries differ."""
    answers: list[Answer] = []
    for cell in sorted(path for path in folder.iterdir() if path.is_dir()):
        table = cell / "expected.toml"
        expected = tomllib.loads(table.read_text(encoding="utf-8")) if table.exists() else {}
        for kind in ("right", "wrong", "unforeseen"):
            files = {path.stem: path for path in sorted((cell / kind).glob("*.py"))}
            entries: Mapping[str, Any] = expected.get(kind, {})
            if kind != "right" and files.keys() != entries.keys():
                differing = sorted(files.keys() ^ entries.keys())
                raise CourseError(f"{table}: [{kind}.*] and the files differ in {', '.join(differing)}.")
            for name, path in files.items():
                words = tuple(entries.get(name, {}).get("message", ()))
                if kind != "right" and not words:
                    raise CourseError(f"{table}: [{kind}.{name}] names no words of its message.")
                answers.append(Answer(cell.name, kind, name, path.read_text(encoding="utf-8"), words))
    return answers


@dataclass(frozen=True)
class Program:
    """A notebook's cells up to a graded one, and that cell's whole test."""

    cells: tuple[str, ...]
    test: str


def program(source: Source, graded: str, replaced: Mapping[str, str]) -> Program:
    """The notebook up to the graded cell, with some answers replaced; all others hold the reference.

    replaced: grade_id of an answer cell -> its text.
    """
    cells: list[str] = []
    for cell in source.code:
        name = name_of(cell)
        if name == graded:
            return Program(tuple(cells), without_markers(cell.source))
        if flag(cell, "grade") or (not flag(cell, "solution") and not flag(cell, "locked")):
            continue  # other tests and the student's own check cells do not matter here
        cells.append(replaced.get(name, without_markers(cell.source)))
    raise KeyError(graded)


def outcomes(
    source: Source, graded: str, replaced: Mapping[str, str], seeds: Sequence[int] = SEEDS
) -> list[str | None]:
    """One answer's outcomes: for each seed None for a pass, or the failure ("AssertionError: …")."""
    return next(execute([program(source, graded, replaced)], seeds))


def execute(programs: Iterable[Program], seeds: Sequence[int] = SEEDS, workers: int = 2) -> Iterator[list[str | None]]:
    """Run each program in a forked child of its own, so that no answer can change what the next one meets.

    At most `workers` run at a time; the outcomes come in the order of the programs.
    """
    warm()
    running: deque[tuple[int, int]] = deque()
    for each in programs:
        if len(running) == workers:
            yield results_of(*running.popleft(), seeds)
        running.append(fork_program(each, seeds))
    while running:
        yield results_of(*running.popleft(), seeds)


@cache
def warm() -> None:
    """Import what torch imports at its first use, once for all forks: a second and more for each of them otherwise."""
    torch.testing.assert_close(torch.zeros(1), torch.zeros(1))
    torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))])
    torch.nn.TransformerEncoderLayer(2, 1, 2, batch_first=True)(torch.zeros(1, 1, 2))


def fork_program(each: Program, seeds: Sequence[int]) -> tuple[int, int]:
    """Fork; the child writes its outcomes (a few kB, less than a pipe holds) and ends. Returns its id and the pipe."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    try:
        os.close(reading)
        signal.alarm(WALL_SECONDS)
        torch.set_num_threads(1)
        with os.fdopen(writing, "w") as pipe:
            json.dump(run_program(each.cells, each.test, seeds), pipe)
    finally:
        os._exit(0)


def results_of(child: int, reading: int, seeds: Sequence[int]) -> list[str | None]:
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else ["the process ended without a result"] * len(seeds)


def run_program(cells: Sequence[str], test: str, seeds: Sequence[int]) -> list[str | None]:
    """Execute the cells once, then the test for each seed, as the judge does with a seed of its own."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for number, cell in enumerate(cells):
            # As in a kernel, a cell that raises does not stop the next ones; the test then fails by itself.
            with contextlib.suppress(BaseException):
                exec(compile(cell, f"<cell {number}>", "exec"), namespace)
        results: list[str | None] = []
        compiled = compile(test, "<test>", "exec")
        for seed in seeds:
            namespace["SEED"] = seed
            try:
                exec(compiled, namespace)
                results.append(None)
            except BaseException as error:
                results.append(f"{type(error).__name__}: {error}")
    return results


def complaint(answer: Answer, results: Sequence[str | None]) -> str:
    """What is wrong with the bank or the tests, given this answer's outcomes; empty when all is as it should be."""
    if answer.kind == "right":
        failed = [message for message in results if message is not None]
        return f"an honest variant loses its points: {failed[0]}" if failed else ""
    if any(message is None for message in results):
        return f"a wrong answer keeps its points under {sum(m is None for m in results)} of {len(results)} seeds"
    for message in results:
        if missing := [word for word in answer.words if word not in str(message)]:
            return f"the message does not say {missing}: {message}"
    return ""
