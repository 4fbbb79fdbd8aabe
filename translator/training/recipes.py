"""What a run takes for whatever was not asked for: by the corpus, by the size, in general."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from translator.checks import one_of, refuse_unknown
from translator.errors import InputError
from translator.model.config import SIZES, TransformerConfig
from translator.training.settings import Settings

_FIELDS = {field.name: field.default for kind in (TransformerConfig, Settings) for field in fields(kind)}
#: Every name that may be asked for, with what it is in general; None where nothing is.
GENERAL: dict[str, Any] = {
    **{name: None if default is MISSING else default for name, default in _FIELDS.items()},
    "corpus": "pocket",
    "pair": "en-de",
    "size": "tiny",
    "vocabulary": 8000,
    "max_length": 256,
    "steps": 10_000,
}
#: What a size wants unless the corpus or the user says otherwise: wider models take smaller steps and a longer warm-up.
#: Those of base are the paper's peak, d_model^-0.5 warmup^-0.5, and its warm-up (section 5.3).
BY_SIZE: dict[str, dict[str, Any]] = {
    "mini": {"learning_rate": 2e-3, "warmup": 400},
    "tiny": {"learning_rate": 2e-3, "warmup": 400},
    "small": {"learning_rate": 1.4e-3, "warmup": 1000},
    "base": {"learning_rate": 7e-4, "warmup": 4000},
}
#: The pocket corpus has no noise and one translation for each sentence, and is not seen often enough to be learnt by
#: heart: dropout and label smoothing only slow it down, and many small updates beat few large ones.
BY_CORPUS: dict[str, dict[str, Any]] = {
    "pocket": {"steps": 5500, "batch_tokens": 256, "learning_rate": 2e-3, "dropout": 0.0, "smoothing": 0.0}
}


def asked_for(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked for, without what is None.

    Raises:
        InputError: a name that there is not, with the one that was probably meant.
    """
    refuse_unknown(asked, GENERAL, "training")
    given = {name: value for name, value in asked.items() if value is not None}
    if isinstance(given.get("corpus"), os.PathLike):
        given["corpus"] = os.fspath(given["corpus"])
    for name in ("corpus", "pair"):
        if not isinstance(given.get(name, ""), str):
            raise InputError(f"{name} is {given[name]!r}; expected text.")
    return given


def completed(given: Mapping[str, Any]) -> dict[str, Any]:
    """`given`, with the recipe's value for whatever it does not hold.

    Raises:
        InputError: an unknown size.
    """
    size = given.get("size", GENERAL["size"])
    expected = one_of(SIZES)(size)
    if expected:
        raise InputError(f"unknown size {size!r}; expected {expected}.")
    recipe = BY_CORPUS.get(given.get("corpus", GENERAL["corpus"]), {})
    wanted = {**GENERAL, **SIZES[size], **BY_SIZE[size], **recipe, **given}
    if "minutes" in given and "steps" not in given:
        wanted["steps"] = None
    return wanted


def spoken_default(name: str) -> str:
    """The default of a setting as a reader of `--help` wants it: "400, small: 1000, base: 4000"."""
    general = completed({"corpus": ""})[name]
    others = {size: completed({"corpus": "", "size": size})[name] for size in SIZES}
    others |= {corpus: completed({"corpus": corpus})[name] for corpus in BY_CORPUS if name in BY_CORPUS[corpus]}
    # A corpus is named also where it agrees: it counts before the size, which may not.
    unlike = [f"{key}: {_spoken(value)}" for key, value in others.items() if value != general or key in BY_CORPUS]
    return ", ".join([_spoken(general), *unlike])


def _spoken(value: object) -> str:
    return {None: "none", True: "yes", False: "no"}[value] if value is None or isinstance(value, bool) else f"{value}"
