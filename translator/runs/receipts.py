"""Receipts: a recorded run as JSON, so that a page can quote figures that were measured and name how.

A receipt says which code, command, seed, text, machine and versions gave which loss curve and scores. Pages read the
figures from it; nobody types them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from translator.data.corpora import Corpus
from translator.errors import InputError
from translator.files import write_json
from translator.runs.folder import Run
from translator.runs.log import read_log
from translator.runs.machine import commit, machine


def read_receipt(name: str, folder: Path) -> dict[str, Any]:
    """The receipt `name` of the folder.

    Raises:
        InputError: there is none; the message lists those that are there. Or it is damaged.
    """
    path = folder / f"{name}.json"
    if not path.is_file():
        there = ", ".join(sorted(p.stem for p in folder.glob("*.json"))) or "none"
        raise InputError(f"no receipt {name!r} in {folder}; there are: {there}.")
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise InputError(f"{path} is no receipt ({error}). Restore it, or record the run again.") from None
    return found


def write_receipt(
    path: Path, run: Run, corpus: Corpus, scores: dict[str, Any], command: Sequence[str], device: torch.device
) -> None:
    """Write what is known of a finished run and its scores to `path`."""
    facts = run.facts()
    records = read_log(run.log_path)
    losses = [record for record in records if "loss" in record]
    valid = [record for record in records if "valid_loss" in record]
    weighed = [record["tokens_per_second"] for record in losses]
    write_json(
        path,
        {
            "train": {"command": facts["command"], "began": facts["began"], "commit": facts.get("commit")},
            "evaluate": {"command": list(command), "commit": commit()},
            "seed": facts["settings"]["seed"],
            "corpus": facts["corpus"],
            "evaluated_on": {"name": corpus.name, "checksum": corpus.checksum},
            "model": facts["model"],
            "settings": facts["settings"],
            "trained_on": facts["machine"],
            "evaluated_with": machine(device),
            "steps": losses[-1]["step"],
            "seconds": round(losses[-1]["seconds"], 1),
            "tokens_per_second": round(sorted(weighed)[len(weighed) // 2], 1),
            "loss": [[record["step"], round(record["loss"], 4)] for record in losses],
            "valid_loss": [[record["step"], round(record["valid_loss"], 4)] for record in valid],
            "scores": scores,
        },
    )
