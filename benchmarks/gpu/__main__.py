"""All records that need a GPU, by one command. What has its receipt already is not done again.

    TRANSLATOR_DATA=... python -m benchmarks.gpu                 # on a machine with a GPU
    python -m benchmarks.gpu --rehearse --out _build/rehearsal   # the same chain on a CPU, small, in a few minutes

Receipts go to benchmarks/receipts/: `gpu-multi30k-en-de-seed-N.json` (three seeds) and `...-curve.json` (seconds to
35 and to 40 BLEU), `gpu-tatoeba-en-zh.json`, `gpu-steps.json` (what each step of making training fast brings), and
`gpu-multi30k-en-de-two-processes.json` where two GPUs are there. The weights of a run on Multi30k stay in runs/; its
terms forbid passing them on.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from benchmarks.gpu.curve import curve, reached
from benchmarks.gpu.runs import Recorded, recorded
from benchmarks.gpu.steps import ladder
from translator.devices import choose_device
from translator.files import write_json
from translator.runs.folder import Run
from translator.runs.machine import commit, machine

#: (size of the model, target tokens a batch, batches)
RECEIPTS = Path(__file__).resolve().parents[1] / "receipts"
SIZES = (("tiny", 4096, 20), ("tiny", 16_384, 20), ("small", 16_384, 20), ("base", 16_384, 10))
REHEARSED = (("tiny", 500, 2),)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what has no receipt yet; 0 if all of it is there in the end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=RECEIPTS, help="folder of the receipts")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of the trained models")
    parser.add_argument("--rehearse", action="store_true", help="the same chain on a CPU, small")
    parser.add_argument("--device", default="auto")
    options = parser.parse_args(arguments)
    device = choose_device("cpu" if options.rehearse else options.device)
    if device.type != "cuda" and not options.rehearse:
        parser.error("no GPU is seen. Try the chain with --rehearse, or run it on a machine that has one.")
    failed = [
        each.name
        for each in recorded(options.rehearse, torch.cuda.device_count())
        if not record(each, options.out, options.runs, device)
    ]
    path = options.out / ("rehearsal-steps.json" if options.rehearse else "gpu-steps.json")
    if not path.exists():
        sizes = REHEARSED if options.rehearse else SIZES
        facts = {"command": ["python", "-m", "benchmarks.gpu", *sys.argv[1:]], "commit": commit()}
        write_json(path, {**facts, "machine": machine(device), "ladders": [ladder(*each, device) for each in sizes]})
    print(f"failed: {', '.join(failed)}" if failed else f"all receipts are in {options.out}")
    return 1 if failed else 0


def record(each: Recorded, out: Path, runs: Path, device: torch.device) -> bool:
    """Train, score, and write the receipt and the curve; False if a command failed (it has said why)."""
    folder, receipt, points = runs / each.name, out / f"{each.name}.json", out / f"{each.name}-curve.json"
    if not receipt.exists():
        print(f"== {each.name}", flush=True)
        start = ["-m"] if each.processes == 1 else ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node"]
        start += [] if each.processes == 1 else [str(each.processes), "-m"]
        where = ["--device", device.type]
        for command in (
            [*start, "translator", "train", *each.train, *where, "--out", str(folder), "--resume"],
            ["-m", "translator", "evaluate", str(folder), *each.evaluate, *where, "--receipt", str(receipt)],
        ):
            if subprocess.run([sys.executable, *command], check=False).returncode:
                return False
    if each.marks and not points.exists():
        limit = 20 if "rehearsal" in each.name else None
        found = curve(Run(folder), each.split, device, limit)
        facts = {"run": each.name, "split": each.split, "commit": commit(), "machine": machine(device)}
        write_json(points, {**facts, "points": found, "seconds_to": reached(found, each.marks)})
    return True


if __name__ == "__main__":
    sys.exit(main())
