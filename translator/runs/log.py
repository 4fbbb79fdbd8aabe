"""The loss curve of a run: `log.jsonl`, a record a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def read_log(path: Path) -> list[Record]:
    """The records of a `JsonLog`; a line that a kill cut short, or that is no record, is left out."""
    if not path.is_file():
        return []
    records = []
    for line in path.read_bytes().split(b"\n"):
        try:
            record = json.loads(line)
        except ValueError:  # cut short, or not UTF-8
            continue
        if isinstance(record, dict) and isinstance(record.get("step"), int):
            records.append(record)
    return records
