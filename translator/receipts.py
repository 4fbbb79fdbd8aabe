"""Receipts: a recorded run as JSON, so that a page can quote figures that were measured and name how.

A receipt says which code, command, seed, text, machine and versions gave which loss curve and scores. Pages read the
figures from it; nobody types them.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from translator.corpora import Corpus
from translator.errors import InputError
from translator.files import write_json
from translator.run import Run
from translator.training.callbacks import read_log

PACKAGES = ("torch", "numpy", "tokenizers", "safetensors", "sacrebleu")
FOLDER = Path(__file__).resolve().parent.parent / "benchmarks" / "receipts"


def read_receipt(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """The receipt `name`, wherever the working directory is.

    Raises:
        InputError: there is none; the message lists those that are there.
    """
    path = folder / f"{name}.json"
    if not path.is_file():
        there = ", ".join(sorted(p.stem for p in folder.glob("*.json"))) or "none"
        raise InputError(f"no receipt {name!r} in {folder}; there are: {there}.")
    return json.loads(path.read_text(encoding="utf-8"))


def machine(device: torch.device) -> dict[str, Any]:
    """What the numbers were measured on; no host name, no path."""
    found: dict[str, Any] = {
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else _processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "platform": f"{platform.system()} {platform.machine()}",
    }
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return {**found, "versions": versions}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def commit() -> str | None:
    """The commit of this code, with "+changes" where files differ from it; None outside a repository."""
    here = Path(__file__).resolve().parent
    try:
        name = _git(here, "rev-parse", "HEAD")
        return name + ("+changes" if _git(here, "status", "--porcelain", "--", str(here)) else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


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
