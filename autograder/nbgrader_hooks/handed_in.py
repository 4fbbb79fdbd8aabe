"""What lies beside a submitted notebook: nothing of it is used but `timestamp.txt`, and that is read by us.

nbgrader opens whatever bears that name: a pipe would let it wait for ever, and a gigabyte is read before it is parsed.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc

from autograder.errors import UnreadableSubmission
from autograder.notebooks.submission import read_plain_file

TIMESTAMP = "timestamp.txt"
LONGEST = 200  # bytes
IGNORED = "It was ignored, so the time of the submission is not known."
POWER = re.compile(r"\d[eE]\d")  # the parser of dates would write out such a number


def read_timestamp(folder: Path) -> tuple[datetime | None, str]:
    """When the submission in this folder was handed in, and a sentence for a file that does not say it."""
    path = folder / TIMESTAMP
    if not os.path.lexists(path):
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
        return (
            None,
            f"{TIMESTAMP!r} holds no date and time; it was ignored, so the time of the submission is not known.",
        )


def read_timestamps_ourselves() -> None:
    """Let nbgrader read every `timestamp.txt` through `read_timestamp`: it has no setting for that."""

    def get_existing_timestamp(self: CourseDirectory, dest_path: str) -> datetime | None:
        found, fault = read_timestamp(Path(dest_path))
        if fault:
            self.log.warning("%s: %s", dest_path, fault)
        return found

    CourseDirectory.get_existing_timestamp = get_existing_timestamp
