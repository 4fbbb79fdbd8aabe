"""A small stand-in for a corpus: sentences of letters, to be turned around. And the smallest model that learns it."""

import random
from pathlib import Path

import torch

from translator.model.custom_parts import Parts
from translator.runs.folder import Run
from translator.runs.log import read_log
from translator.training.callbacks import Callback, JsonLog
from translator.training.distributed import World
from translator.training.train import train

LETTERS = "abcdefgh"
SMALL = {
    "pair": "xx-yy",
    "vocabulary": 300,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "d_model": 32,
    "d_ff": 64,
    "heads": 2,
    "max_length": 16,
    "batch_tokens": 128,
    "learning_rate": 1e-2,
    "warmup": 10,
    "log_every": 2,
    "validate_every": 10,
    "save_every": 5,
}


def write_corpus(folder: Path, sizes: dict[str, int] | None = None, longest: int = 6) -> Path:
    """Files SPLIT.xx and SPLIT.yy of distinct sentences and their reversals."""
    draw, seen = random.Random(0), set()
    folder.mkdir(parents=True, exist_ok=True)
    for split, size in (sizes or {"train": 300, "valid": 40, "test": 40}).items():
        rows = []
        while len(rows) < size:
            row = tuple(draw.choices(LETTERS, k=draw.randint(2, longest)))
            if row not in seen:
                seen.add(row)
                rows.append(row)
        (folder / f"{split}.xx").write_text("".join(" ".join(row) + "\n" for row in rows))
        (folder / f"{split}.yy").write_text("".join(" ".join(reversed(row)) + "\n" for row in rows))
    return folder


def alone() -> World:
    """One process on the CPU."""
    return World(0, 1, torch.device("cpu"))


class Killed(Exception):
    """Stands for SIGKILL: nothing of the trainer runs after it."""


class KillAt(Callback):
    """Stops training without a farewell at a record of this update or a later one."""

    def __init__(self, step: int) -> None:
        self.step = step

    def log(self, record: dict) -> None:
        if record["step"] >= self.step:
            raise Killed


def go(
    folder: Path,
    corpus: Path,
    *,
    resume: bool = False,
    kill: int | None = None,
    parts: Parts | None = None,
    **changes: object,
) -> Run:
    """Train into `folder`, until just after update `kill` if that is given."""
    run = Run(folder)
    callbacks: list[Callback] = [JsonLog(run.log_path), *([KillAt(kill)] if kill else [])]
    asked = {**SMALL, "corpus": str(corpus), **({"steps": 24} if "minutes" not in changes else {}), **changes}
    train(run, asked, alone(), resume=resume, parts=parts, callbacks=callbacks)
    return run


def curve(run: Run) -> list[tuple[int, float]]:
    """The losses of a run, of training and validation, by update."""
    return [(r["step"], r.get("loss", r.get("valid_loss"))) for r in read_log(run.log_path)]
