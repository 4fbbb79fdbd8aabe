"""Values from outside, from a caller or a file: known names, and numbers that make sense.

A class lists a check for each of its fields, so that what is refused stands beside what is meant:
`CHECKS = {"steps": whole(1), "norm": one_of(NORMS)}`, and `check(self, CHECKS)` when it is made.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, TypeVar

from translator.errors import InputError

#: What is wrong with a value, as "expected ...", or nothing.
Check = Callable[[object], str | None]
Fields = TypeVar("Fields")


def whole(least: int, most: int = 2**63 - 1) -> Check:
    """A whole number from `least` to `most`; True and 3.0 are none."""

    def fault(value: object) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int):
            return "a whole number"
        if value < least:
            return f"at least {least}"
        return f"at most {most}" if value > most else None

    return fault


def number(*, least: float = -math.inf, above: float = -math.inf, below: float = math.inf) -> Check:
    """A finite number, as large as `least`, larger than `above`, smaller than `below`."""

    def fault(value: object) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return "a finite number"
        if value < least or value >= below:
            return f"at least {least:g}" + (f" and less than {below:g}" if math.isfinite(below) else "")
        return f"more than {above:g}" if value <= above else None

    return fault


def one_of(known: Iterable[str]) -> Check:
    """One of these words."""
    words = list(known)
    return lambda value: None if isinstance(value, str) and value in words else f"one of {', '.join(words)}"


def flag() -> Check:
    """True or False."""
    return lambda value: None if isinstance(value, bool) else "True or False"


def optional(inner: Check) -> Check:
    """None, or what `inner` takes."""
    return lambda value: None if value is None else inner(value)


def check(values: object, checks: Mapping[str, Check]) -> None:
    """Refuse the first attribute of `values` that its check finds fault with.

    Raises:
        InputError: what was found, what was expected.
    """
    for name, fault in checks.items():
        value = getattr(values, name)
        expected = fault(value)
        if expected:
            raise InputError(f"{name} is {value!r}; expected {expected}.")


def refuse_unknown(given: Iterable[str], known: Iterable[str], what: str) -> None:
    """Raise InputError for the first name that is not known, with the one that was probably meant."""
    names = list(known)
    for name in given:
        if name not in names:
            near = get_close_matches(str(name), names, n=1)
            advice = f"did you mean {near[0]!r}?" if near else f"expected any of {', '.join(names)}."
            raise InputError(f"{what}: unknown {name!r}; {advice}")


def from_plain(kind: Callable[..., Fields], data: Mapping[str, Any]) -> Fields:
    """An object of the dataclass `kind` from plain data that holds its fields, all of them and no other.

    Raises:
        InputError: another field, a field missing, or a value that the class refuses.
    """
    name, known = getattr(kind, "__name__", "data"), [field.name for field in fields(kind)]  # type: ignore[arg-type]
    if not isinstance(data, Mapping):
        raise InputError(f"{name}: found {type(data).__name__}; expected fields and their values.")
    refuse_unknown(data, known, f"{name} (was it written by a newer version?)")
    missing = [field for field in known if field not in data]
    if missing:
        raise InputError(f"{name}: {', '.join(missing)} missing.")
    return kind(**data)
