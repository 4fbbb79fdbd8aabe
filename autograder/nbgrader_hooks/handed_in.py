"""What lies beside a submitted notebook: nothing of it is used but `timestamp.txt`, and that is read by us.

nbgrader opens whatever bears that name: a pipe would let it wait for ever, and a gigabyte is read before it is parsed.
"""

from __future__ import annotations

import os
import re
import shutil
from datetime import datetime
from pathlib import Path

from nbgrader.utils import parse_utc

from autograder.errors import UnreadableSubmission
from autograder.notebooks.submission import read_plain_file

TIMESTAMP = "timestamp.txt"
SET_ASIDE = "timestamp.ignored"
LONGEST = 200  # bytes
IGNORED = "It was ignored, so the time of the submission is not known."
POWER = re.compile(r"\d[eE]\d")  # the parser of dates would write out such a number


def read_timestamp(folder: Path) -> tuple[datetime | None, str]:
    """When the submission in this folder was handed in, and a sentence for a file that does not say it."""
    path = next((folder / name for name in (TIMESTAMP, SET_ASIDE) if os.path.lexists(folder / name)), None)
    if path is None:
        return None, ""
    try:
        data = read_plain_file(path, LONGEST)
        text = data.decode("ascii").strip()
        if not text:
            return None, ""
        if POWER.search(text):
            raise ValueError
        return parse_utc(text), ""
    except UnreadableSubmission as error:
        return None, f"{error} {IGNORED}"
    except Exception:  # whatever the parser of dates makes of it
        return None, f"{TIMESTAMP!r} holds no date and time. {IGNORED}"


def set_aside(folder: Path) -> None:
    """Rename a `timestamp.txt` that is none, so that nbgrader, which opens whatever bears that name, finds nothing."""
    path, aside = folder / TIMESTAMP, folder / SET_ASIDE
    if not os.path.lexists(path) or not read_timestamp(folder)[1]:
        return
    if aside.is_dir() and not aside.is_symlink():
        shutil.rmtree(aside)
    else:
        aside.unlink(missing_ok=True)
    path.rename(aside)
