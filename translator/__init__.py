"""The Transformer of "Attention Is All You Need" (Vaswani et al. 2017): the model that the book builds.

For its user it is one function: `translator.load("runs/pocket-en-de").translate(["the dog sleeps ."], beam=4)`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from translator.loading import Translator

__all__ = ["load"]


def load(path: str | Path, device: str = "auto") -> Translator:
    """The trained translator in a run's folder; torch is imported here, not with the package.

    Args:
        path: the folder that `python -m translator train --out` wrote.
        device: "auto" takes a GPU if there is one; or any name that torch knows.

    Raises:
        TranslatorError: the folder holds no model, or one that is damaged; no such device.
    """
    from translator.loading import Translator

    return Translator.load(path, device)
