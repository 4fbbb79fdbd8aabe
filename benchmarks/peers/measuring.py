"""What both comparisons share: a process of its own for each system's memory, medians, the head of a receipt."""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from translator.runs.machine import commit, machine


def head(module: str) -> dict[str, Any]:
    """Command, commit, machine and versions, as every receipt begins."""
    found = machine(torch.device("cpu"))
    found["versions"] |= {name: version(name) for name in ("transformers", "ctranslate2")}
    return {"command": ["python", "-m", module, *sys.argv[1:]], "commit": commit(), "machine": found}


def resident(kind: str = "VmRSS") -> float:
    """MiB of this process in memory: now (VmRSS) or at most so far (VmHWM)."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except FileNotFoundError:  # not Linux; only the peak is to be had, and it counts what the parent was before
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
    return next(int(line.split()[1]) for line in lines if line.startswith(kind + ":")) / 2**10


def _peak(prepare: Callable[..., Callable[[], Any]], arguments: Sequence[Any]) -> dict[str, float]:
    torch.set_num_threads(1)
    work = prepare(*arguments)
    before = resident()
    work()
    return {"loaded_mib": round(before, 1), "peak_mib": round(resident("VmHWM"), 1)}


def peak_memory(prepare: Callable[..., Callable[[], Any]], *arguments: Any) -> dict[str, float]:
    """Resident memory of a fresh process that calls `prepare(*arguments)()`: after `prepare`, and at most."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_peak, (prepare, arguments))


def summary(speeds: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """Medians over rounds of each system's tokens a CPU second, and how many times each that of "ours" is."""
    medians = {name: statistics.median(values) for name, values in speeds.items()}
    return {
        "tokens_per_cpu_second": {name: round(value, 1) for name, value in medians.items()},
        "ours_is_faster_by": {
            name: {
                "of_medians": round(medians["ours"] / medians[name], 2),
                "by_round": [round(a / b, 2) for a, b in zip(speeds["ours"], values, strict=True)],
            }
            for name, values in speeds.items()
            if name != "ours"
        },
    }
