"""Files that are whole or not there: what a kill or a full disk leaves behind is always the old file."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from translator.errors import InputError


def write_atomically(path: Path, data: bytes) -> None:
    """Write beside `path`, force it to the disk, then rename: readers see the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(draft, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    if os.name == "posix":  # the rename itself must reach the disk too
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def write_json(path: Path, data: Any) -> None:
    """`write_atomically`, of readable JSON."""
    write_atomically(path, (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode())


def require_writable(path: Path) -> None:
    """Refuse, before any work is done for it, a file that `write_atomically` could not write.

    The folder is made if it is not there, as the writing itself would make it; a file that is there stays as it is.

    Raises:
        InputError: with the reason.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):  # asks the disk itself: permission bits do not tell it all
            pass
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}). Name another file.") from None
