"""The loss curve of a run: `log.jsonl`, a record a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def read_log(path: Path) -> list[Record]:
    """The records of a `JsonLog`; a last line that a kill cut short is left out."""
    if not path.is_file():
        return []
    records = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        try:
            records.append(json.loads(line))
        except ValueError:
            continue
    return records
