"""What a call did to the arguments that it was given, done again to the test's own."""

from __future__ import annotations

from typing import Any

import torch


def write_back(before: Any, after: Any, opaque: type) -> None:
    """Make the test's arguments what the call made of its copies, in place, as in a notebook.

    opaque: the class of handles, which stand for themselves.
    """
    if type(before) is opaque:
        return
    if isinstance(before, torch.Tensor) and isinstance(after, torch.Tensor):
        with torch.no_grad():
            if before.shape == after.shape and before.dtype == after.dtype:
                before.copy_(after)
            else:
                before.data = after
    elif isinstance(before, list) and isinstance(after, list):
        for old, new in zip(before, after, strict=False):
            write_back(old, new, opaque)
        before[:] = [merged(old, new, opaque) for old, new in zip(before, after, strict=False)] + after[len(before) :]
    elif isinstance(before, tuple) and isinstance(after, tuple):
        for old, new in zip(before, after, strict=False):
            write_back(old, new, opaque)
    elif isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() & after.keys():
            write_back(before[key], after[key], opaque)
        kept = {key: merged(before[key], new, opaque) if key in before else new for key, new in after.items()}
        before.clear()
        before.update(kept)
    elif hasattr(before, "dtype") and hasattr(after, "dtype") and getattr(before, "shape", 0) == after.shape:
        before[...] = after


def merged(old: Any, new: Any, opaque: type) -> Any:
    """The old container, changed in place, where there is one; otherwise the new value."""
    same = type(old) is type(new) and isinstance(old, torch.Tensor | list | tuple | dict)
    return old if same or type(old) is opaque else new
