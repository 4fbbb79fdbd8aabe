"""Checkpoints while training, and the final weights."""

from __future__ import annotations

import sys
from dataclasses import asdict

from translator.errors import CheckpointError
from translator.runs import checkpoint
from translator.runs.folder import Run
from translator.training.callbacks import tell
from translator.training.optimizer import load_state, state_tensors
from translator.training.settings import Settings
from translator.training.state import State
from translator.training.trainer import Trainer


def restore(run: Run, trainer: Trainer) -> None:
    """Take up the newest checkpoint that can be read, if there is any."""
    paths = run.checkpoints()
    if trainer.world.main:
        for draft in (run.folder / "checkpoints").glob(".*.part"):  # what a kill left half written
            draft.unlink()
    for path in reversed(paths):
        try:
            tensors, facts = checkpoint.read(path)
        except CheckpointError as error:
            if trainer.world.main:
                print(f"warning: {error} Going back to the one before it.", file=sys.stderr)
            continue
        checkpoint.load_weights(trainer.model, tensors, path)
        try:
            load_state(trainer.model, trainer.optimizer, tensors)
            trainer.state = State(**facts["state"])
        except (KeyError, TypeError) as error:
            raise CheckpointError(f"{path} is no checkpoint of a training ({error}). Remove it from there.") from None
        return
    if paths:
        raise CheckpointError(f"no checkpoint in {paths[0].parent} can be read. Restore one, or train anew.")


class Saver:
    """Writes checkpoints and keeps the last few; a disk that is full costs a checkpoint, never the run."""

    def __init__(self, run: Run, settings: Settings) -> None:
        self.run, self.settings = run, settings
        self.failed: OSError | None = None

    def save(self, trainer: Trainer) -> None:
        """Write where training stands, then remove what is older than the last `keep`."""
        path = self.run.checkpoint_path(trainer.state.step)
        tensors = {**checkpoint.weights(trainer.model), **state_tensors(trainer.model, trainer.optimizer)}
        try:
            checkpoint.write(path, tensors, {"state": asdict(trainer.state)})
            self.failed = None
            for old in self.run.checkpoints()[: -self.settings.keep]:
                old.unlink()
        except OSError as error:
            self.failed = error
            print(f"warning: no checkpoint at update {trainer.state.step}: {error}; training goes on", file=sys.stderr)
            return
        tell(trainer.callbacks, "checkpoint", path)

    def stands(self) -> str:
        """What there is on the disk, in a sentence."""
        last = next(reversed(self.run.checkpoints()), None)
        return f"The last whole checkpoint is {last.name}" if last else "There is no checkpoint yet"

    def finish(self, trainer: Trainer, reason: str) -> None:
        """Write the final weights of a finished run; raise if the last state of any run could not be written."""
        facts = {"step": trainer.state.step, "tokenizer": self.run.facts()["tokenizer"]}
        try:
            if self.failed:
                raise self.failed
            if reason == "finished":
                paths = self.run.checkpoints()[-self.settings.average :]
                checkpoint.write(self.run.model_path, checkpoint.average(paths), facts)
        except OSError as error:
            raise CheckpointError(
                f"{self.run.folder} cannot be written ({error}). {self.stands()}: free some space and go on with "
                "--resume."
            ) from None
