"""The folder of one job under Landlock: made, measured and removed, whatever the job does in it.

A job can nest folders deeper than any path reaches, take away its own right to list them, and hold files open that
have no name any more. What cannot be measured counts as too much.
"""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from autograder.isolation import leftovers

MOST_FILES = 8192
MOST_DEPTH = 30  # thirty names of 100 letters still fit into a path
TOO_MUCH = 1 << 62


def make(user: int) -> str:
    """A folder for one job's files, which it may write."""
    folder = tempfile.mkdtemp(prefix=leftovers.prefix("job"))
    if user:
        os.chown(folder, user, user)
    return folder


def size(folder: str) -> int:
    """Bytes of all files in a folder; TOO_MUCH for very many files, and for what cannot be listed."""
    total = count = 0
    todo = [(folder, 0)]
    while todo:
        place, depth = todo.pop()
        if depth > MOST_DEPTH:
            return TOO_MUCH
        try:
            for entry in os.scandir(place):
                count += 1
                if count > MOST_FILES:
                    return TOO_MUCH
                if entry.is_dir(follow_symlinks=False):
                    todo.append((entry.path, depth + 1))
                else:
                    with contextlib.suppress(FileNotFoundError):
                        total += entry.stat(follow_symlinks=False).st_blocks * 512
        except FileNotFoundError:  # it went meanwhile
            continue
        except OSError:
            return TOO_MUCH
    return total


def nameless(family: Iterable[int], folder: str) -> int:
    """Bytes of files on the folder's file system that these processes hold open and that have no name any more."""
    device = os.stat(folder).st_dev
    found: dict[int, int] = {}
    for pid in family:
        with contextlib.suppress(OSError):  # it ended meanwhile
            for entry in os.scandir(f"/proc/{pid}/fd"):
                with contextlib.suppress(OSError):
                    place = entry.stat()
                    if stat.S_ISREG(place.st_mode) and not place.st_nlink and place.st_dev == device:
                        found[place.st_ino] = place.st_blocks * 512
    return sum(found.values())


def remove(folder: str) -> None:
    """Remove the folder with all that is in it. `rm` knows no depth that is too deep; Python 3.11's rmtree does."""
    with contextlib.suppress(FileNotFoundError):
        if simple(Path(folder)):
            return
        mend = ["find", folder, "-type", "d", "!", "-perm", "-700", "-exec", "chmod", "u+rwx", "{}", ";"]
        for command in (mend, ["rm", "-rf", "--", folder]):
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def simple(folder: Path) -> bool:
    """Remove a folder that holds files only, as most do. False when it holds more."""
    try:
        for entry in os.scandir(folder):
            os.unlink(entry)
        folder.rmdir()
    except OSError:
        return False
    return True
