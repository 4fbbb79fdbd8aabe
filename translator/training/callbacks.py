"""Who is told how training goes: a log file, the terminal, TensorBoard, and whatever the caller attaches.

Weights & Biases, for example, is four lines::

    class WandB(Callback):
        def start(self, trainer): wandb.init(config=trainer.settings.to_dict())
        def log(self, record): wandb.log(record, step=record["step"])
        def end(self, reason): wandb.finish()
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from translator.runs.log import Record, read_log
from translator.training.state import Training

if TYPE_CHECKING:
    import rich.progress


class Callback:
    """Told of a run's events, on the main process only. Override what you need; an OSError never stops training."""

    def start(self, trainer: Training) -> None:
        """Training is about to begin, or to go on from `trainer.state.step`."""

    def log(self, record: Record) -> None:
        """Every `log_every` updates: step, loss, learning_rate, gradient, tokens_per_second, seconds, remaining.
        Every `validate_every` updates: step, seconds, valid_loss."""

    def checkpoint(self, path: Path) -> None:
        """A checkpoint is on the disk."""

    def end(self, reason: str) -> None:
        """Training is over: "finished", "interrupted", or "failed" where a number was no longer finite."""


def tell(callbacks: list[Callback], event: str, *arguments: Any) -> None:
    """Call `event` of each. A full disk may cost a line of the log, not the run."""
    for callback in callbacks:
        try:
            getattr(callback, event)(*arguments)
        except OSError as error:
            print(f"warning: {type(callback).__name__}: {error}; training goes on", file=sys.stderr)


class JsonLog(Callback):
    """The loss curve as `log.jsonl`, a record a line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def start(self, trainer: Training) -> None:
        """Forget what was logged after the checkpoint that training goes on from, and half-written lines."""
        kept = [record for record in read_log(self.path) if record["step"] <= trainer.state.step]
        draft = self.path.with_suffix(".part")
        draft.write_text("".join(json.dumps(record) + "\n" for record in kept), encoding="utf-8")
        os.replace(draft, self.path)

    def log(self, record: Record) -> None:
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")


class TensorBoard(Callback):
    """Event files for `tensorboard --logdir FOLDER`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self, trainer: Training) -> None:
        from torch.utils.tensorboard import SummaryWriter

        # Whatever an interrupted run wrote beyond its last checkpoint is replaced on the charts.
        self.writer = SummaryWriter(str(self.folder), purge_step=trainer.state.step + 1)

    def log(self, record: Record) -> None:
        for name, value in record.items():
            if name != "step" and value is not None:
                self.writer.add_scalar(name, value, record["step"])

    def end(self, reason: str) -> None:
        self.writer.close()


class Progress(Callback):
    """A bar with loss, tokens/s and time left on a terminal; elsewhere a line now and then."""

    def __init__(self, every: float = 15.0) -> None:
        self.every, self.shown, self.valid = every, 0.0, ""
        self.bar: rich.progress.Progress | None = None

    def start(self, trainer: Training) -> None:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

            columns = (TextColumn("update {task.fields[step]}"), BarColumn(), TextColumn("{task.description}"))
            self.bar = Progress(*columns, console=Console(stderr=True))
            self.task = self.bar.add_task("", total=1.0, step=trainer.state.step)
            self.bar.update(self.task, completed=trainer.fraction)
            self.bar.start()

    def log(self, record: Record) -> None:
        if "valid_loss" in record:
            self.valid = f" · valid {record['valid_loss']:.3f}"
            if not self.bar:
                print(f"update {record['step']}{self.valid}", file=sys.stderr, flush=True)
            return
        valid = self.valid if self.bar else ""
        speed, left = f"{record['tokens_per_second']:,.0f} tokens/s", _clock(record["remaining"])
        text = f"loss {record['loss']:.3f}{valid} · {speed} · {left} left"
        if self.bar:
            self.bar.update(self.task, completed=record["fraction"], description=text, step=record["step"])
        elif record["seconds"] - self.shown >= self.every or record["fraction"] >= 1:
            self.shown = record["seconds"]
            print(f"update {record['step']} ({record['fraction']:.0%}) · {text}", file=sys.stderr, flush=True)

    def end(self, reason: str) -> None:
        if self.bar:
            self.bar.stop()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
