"""What lies beside a submitted notebook: nothing of it is used but `timestamp.txt`, and that is read by us.

nbgrader opens whatever bears that name: a pipe would let it wait for ever, and a gigabyte is read before it is parsed.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from itertools import count
from pathlib import Path

from nbgrader.utils import parse_utc

from autograder.errors import UnreadableSubmission
from autograder.notebooks.submission import read_plain_file

TIMESTAMP = "timestamp.txt"
SET_ASIDE = "timestamp.ignored"
LONGEST = 200  # bytes
IGNORED = "It was ignored, so the time of the submission is not known."
# A whole date, or a date and a time with or without a zone, as nbgrader and ISO 8601 write them: the parser of dates
# would fill in what is missing ("Monday") from today.
DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?( ?([A-Za-z]{1,5}|[+-]\d\d(:?\d\d)?))?)?")


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
        if not DATE.fullmatch(text):
            raise ValueError
        # What we set aside holds no date; another file of that name was handed in, and says nothing.
        return (parse_utc(text), "") if path.name == TIMESTAMP else (None, "")
    except UnreadableSubmission as error:
        return None, f"{error} {IGNORED}"
    except Exception:  # whatever the parser of dates makes of it
        return None, f"{TIMESTAMP!r} holds no date and time like 2026-01-31 23:59:00 UTC. {IGNORED}"


def set_aside(folder: Path) -> None:
    """Rename a `timestamp.txt` that is none, so that nbgrader, which opens whatever bears that name, finds nothing."""
    path, aside = folder / TIMESTAMP, folder / SET_ASIDE
    if not os.path.lexists(path) or not read_timestamp(folder)[1]:
        return
    if os.path.lexists(aside):  # handed in as well, or of an earlier time
        others = (folder / f"{SET_ASIDE}.{number}" for number in count(1))
        aside.rename(next(other for other in others if not os.path.lexists(other)))
    path.rename(aside)
