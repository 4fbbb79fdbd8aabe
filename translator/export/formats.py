"""From a run to a folder that another library opens: whole and checked, or not there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from translator.errors import ExportError
from translator.export import browser, ctranslate2, huggingface, onnx
from translator.export.checking import TOLERANCE, needed, refuse_custom_parts, refuse_other_vocabulary
from translator.runs.folder import Run

#: Each module says what it needs (`PACKAGES`), `refuse`s a config that the format cannot hold, `write`s a folder, and
#: measures the `largest_difference` between the model there and ours.
FORMATS: dict[str, ModuleType] = {
    "huggingface": huggingface,
    "ctranslate2": ctranslate2,
    "onnx": onnx,
    "browser": browser,
}


def export(run: Run, folder: Path, name: str) -> float:
    """Write the run's model, in float32 (browser: in 16 bits), and its tokenizer.

    Args:
        folder: must not be there yet, or be empty.
        name: of the format, one of `FORMATS`.

    Returns:
        The largest difference between what was written and our model, on random sentences: of logits, or of
        log-probabilities for CTranslate2;
        for the browser, between ours rounded to 16 bits and what was written.

    Raises:
        ExportError: the folder is taken, a package is missing, the format cannot hold the model, or what was written
            computes something else. Then nothing is left behind.
        CheckpointError, TokenizerError: the run is not whole.
    """
    module = FORMATS[name]
    refuse_taken(folder)
    module.refuse(run.config())
    needed(*module.PACKAGES)
    model, tokenizer = run.model(), run.tokenizer()
    refuse_custom_parts(model)
    refuse_other_vocabulary(model, tokenizer)
    with new_folder(folder) as draft:
        module.write(model, tokenizer, draft)
        difference: float = module.largest_difference(model, draft)
        if not difference <= TOLERANCE:  # also where it is no number
            raise ExportError(
                f"the exported model differs from ours by {difference:.1e}, more than {TOLERANCE:.0e}, so nothing was "
                "written. Are the weights finite? Or this version of the library computes something else."
            )
    return difference


def refuse_taken(folder: Path) -> None:
    """Refuse a path where something is.

    Raises:
        ExportError: says what to do.
    """
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if os.path.lexists(folder):
        raise ExportError(f"{folder} is there already and is not an empty folder. Choose another, or remove it first.")


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A draft beside `folder`, which takes its name when all went well and else vanishes.

    Raises:
        ExportError: it cannot be written.
    """
    draft = folder.absolute().with_name(f".{folder.absolute().name}.{os.getpid()}.part")
    try:
        draft.mkdir(parents=True)
        yield draft
        if folder.is_dir():
            folder.rmdir()  # empty: not every system renames onto an empty folder
        draft.rename(folder)
    except OSError as error:
        raise ExportError(f"{folder} cannot be written ({error}). Choose another folder.") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
