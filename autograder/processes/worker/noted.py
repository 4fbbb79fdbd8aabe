"""The second line against ready-made calls: while a test calls the student's code, torch's functions are noted by name.

The syntax tree (`autograder/rules/forbidden.py`) cannot see a name that is put together at run time; this sees what is
called by it. A function mode, not a dispatch mode: below it `F.linear` is a matrix product and attention is two, as if
written by hand, and it costs 9 microseconds a call against 29. Layers are noted when they are made and when they run.
Whoever fights it in his own process wins; it is for the careless, and a note only means that a person looks.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import overrides
from torch.nn.modules import module as layers
from torch.overrides import TorchFunctionMode

from autograder.rules.spelling import plain

Watching = Callable[[], AbstractContextManager[None]]


class Notes(TorchFunctionMode):
    """Collects in `seen` those of the watched names that torch was asked for. Active while entered."""

    def __init__(self, watched: Collection[str]) -> None:
        super().__init__()
        self.watched = frozenset(watched)
        self.seen: set[str] = set()

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = getattr(func, "__name__", "")
        self.seen |= self.watched & {name, plain(name)}
        return func(*args, **(kwargs or {}))

    def layer(self, made: Any, *_: Any) -> None:
        """A layer is made of parts, or runs: what of torch's is it?"""
        self.seen |= self.watched & {
            each.__name__ for each in type(made).__mro__ if each.__module__.startswith("torch.")
        }


@contextlib.contextmanager
def noting(notes: Notes) -> Iterator[None]:
    """Take notes of what runs inside."""
    with contextlib.ExitStack() as stack:
        for register in (
            layers.register_module_forward_pre_hook,
            layers.register_module_parameter_registration_hook,
            layers.register_module_module_registration_hook,
        ):
            stack.callback(register(notes.layer).remove)
        stack.enter_context(lowest(notes))
        yield


@contextlib.contextmanager
def lowest(notes: Notes) -> Iterator[None]:
    """Take notes below every mode that the student has entered: what such a mode calls in turn is seen, too.

    Where the notes were switched off, or are not there any more at the end, anything may have been called.
    """
    above = popped()
    pushed([notes, *above])
    blind = not torch._C._is_torch_function_mode_enabled()
    try:
        yield
    finally:
        left = popped()
        pushed([mode for mode in left if mode is not notes])
        if blind or notes not in left:
            notes.seen |= notes.watched


def popped() -> list[Any]:
    """All function modes of this thread, taken off its stack; the lowest first."""
    found: list[Any] = overrides._get_current_function_mode_stack()
    for _ in found:
        overrides._pop_mode()
    return found


def pushed(modes: list[Any]) -> None:
    for mode in modes:
        overrides._push_mode(mode)


def watching(notes: Notes) -> Watching:
    """How to take notes; nothing at all where nothing is watched."""
    return (lambda: noting(notes)) if notes.watched else contextlib.nullcontext
