"""From a corpus to a trained model in a folder: everything around the loop, and its resumption."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from typing import Any

import torch

from translator import checkpoint, corpora
from translator.batches import Examples
from translator.config import SIZES, TransformerConfig
from translator.corpora import Corpus
from translator.errors import CheckpointError, CorpusError, InputError
from translator.parts import Parts
from translator.receipts import commit, machine
from translator.run import Run
from translator.tokenizer import Tokenizer
from translator.training.callbacks import Callback, tell
from translator.training.distributed import World
from translator.training.optimizer import load_state, state_tensors
from translator.training.settings import Settings
from translator.training.trainer import State, Trainer
from translator.transformer import Transformer

#: What a run may be asked to change when it goes on.
FREE = {"steps", "minutes", "precision", "compile", "log_every", "validate_every", "save_every", "keep", "average"}
#: Settings that differ from the general defaults, by corpus; found by trial on its validation split.
RECIPES: dict[str, dict[str, Any]] = {"pocket": {"steps": 3000}}
GENERAL: dict[str, Any] = {"corpus": "pocket", "pair": "en-de", "size": "tiny", "vocabulary": 8000, "max_length": 256}


def begin(run: Run, asked: Mapping[str, Any], world: World, command: Sequence[str] = ()) -> dict[str, Any]:
    """Settle what a new run is, train its tokenizer, write run.json; returns the facts.

    Args:
        asked: any of corpus, pair, size, vocabulary, max_length, the fields of `Settings` and of
            `TransformerConfig`; what is absent takes its default.
    """
    wanted = {**GENERAL, **{name: value for name, value in asked.items() if value is not None}}
    if wanted["size"] not in SIZES:
        raise InputError(f"unknown size {wanted['size']!r}; expected one of {', '.join(SIZES)}.")
    own = {field.name for field in fields(Settings)}
    chosen = {name: value for name, value in wanted.items() if name in own}
    recipe = {"steps": 10_000, **RECIPES.get(wanted["corpus"], {})}
    if chosen.keys() & {"steps", "minutes"}:
        del recipe["steps"]
    settings = Settings(**{**recipe, **chosen})
    corpus = corpora.load(wanted["corpus"], wanted["pair"])
    tokenizer = Tokenizer.train((side for pair in corpus.splits["train"] for side in pair), wanted["vocabulary"])
    model_fields = {field.name for field in fields(TransformerConfig)} - {"vocabulary"}
    changes = {name: value for name, value in wanted.items() if name in model_fields}
    try:
        config = TransformerConfig.named(wanted["size"], len(tokenizer), **changes)
    except ValueError as error:
        raise InputError(str(error)) from None
    facts = {
        "command": list(command),
        "began": datetime.now(UTC).isoformat(timespec="seconds"),
        "corpus": {"name": corpus.name, "pair": wanted["pair"], "checksum": corpus.checksum},
        "size": wanted["size"],
        "model": config.to_dict(),
        "settings": settings.to_dict(),
        "commit": commit(),
        "machine": {**machine(world.device), "processes": world.size},
    }
    if world.main:
        run.begin(facts, tokenizer)
    world.wait()
    return facts


def settings_to_go_on(facts: Mapping[str, Any], asked: Mapping[str, Any]) -> Settings:
    """The run's own settings, with what may be changed changed.

    Raises:
        InputError: `asked` contradicts what the run was begun with.
    """
    stored = {
        **facts["model"],
        **facts["settings"],
        "corpus": facts["corpus"]["name"],
        "pair": facts["corpus"]["pair"],
        "size": facts["size"],
    }
    changes = {}
    for name, value in asked.items():
        if value is None or stored.get(name) == value or name == "vocabulary":
            continue
        if name not in FREE:
            raise InputError(
                f"this run was begun with {name} {stored.get(name)}, not {value}. "
                "Leave the option out to go on with it, or train into another folder."
            )
        changes[name] = value
    if changes.keys() & {"steps", "minutes"}:
        changes = {"steps": None, "minutes": None, **changes}
    return replace(Settings.from_dict(facts["settings"]), **changes)


def train(
    run: Run,
    asked: Mapping[str, Any],
    world: World,
    *,
    resume: bool = False,
    parts: Parts | None = None,
    callbacks: Sequence[Callback] = (),
    command: Sequence[str] = (),
) -> str:
    """Begin or go on with a run and train to its end: "finished" or "interrupted".

    Raises:
        TranslatorError: with what to do; the folder then holds what it held before.
    """
    if run.exists and not resume:
        raise CheckpointError(
            f"{run.folder} already holds a run. Add --resume to go on with it, or choose another folder."
        )
    world.wait()  # before the main process makes the run exist
    facts = run.facts() if run.exists else begin(run, asked, world, command)
    settings = settings_to_go_on(facts, asked)
    corpus = corpora.load(facts["corpus"]["name"], facts["corpus"]["pair"])
    if corpus.checksum != facts["corpus"]["checksum"]:
        raise CorpusError(
            f"{corpus.name} has changed since this run began (checksum {corpus.checksum[:12]}…, expected "
            f"{facts['corpus']['checksum'][:12]}…). Restore its files, or train into another folder."
        )
    config, tokenizer = TransformerConfig.from_dict(facts["model"]), run.tokenizer()
    torch.manual_seed(settings.seed)
    model = Transformer(config, parts)
    examples, valid = encode(corpus, tokenizer, config.max_length, world.main)
    saver = Saver(run, settings, config)
    trainer = Trainer(model, examples, settings, world, valid=valid, callbacks=list(callbacks), save=saver.save)
    restore(run, trainer)
    world.wait()
    reason = trainer.run()
    if world.main:
        saver.finish(trainer, reason)
    world.wait()
    return reason


def encode(corpus: Corpus, tokenizer: Tokenizer, limit: int, speak: bool) -> tuple[Examples, Examples | None]:
    """Training and validation split as ids."""
    found = []
    for split in ("train", "valid"):
        pairs = corpus.splits.get(split)
        found.append(Examples.of(pairs, tokenizer, limit) if pairs else None)
        if found[-1] and found[-1].dropped and speak:
            print(f"{split}: left out {found[-1].dropped} pairs of {limit} tokens or more", file=sys.stderr)
    train_split, valid = found
    if not len(train_split):
        raise CorpusError(f"{corpus.name}: every training pair has {limit} tokens or more. Raise --max-length.")
    return train_split, valid if valid and len(valid) else None


def restore(run: Run, trainer: Trainer) -> None:
    """Take up the newest checkpoint that can be read, if there is any."""
    paths = run.checkpoints()
    for path in reversed(paths):
        try:
            tensors, facts = checkpoint.read(path)
        except CheckpointError as error:
            if trainer.world.main:
                print(f"warning: {error} Going back to the one before it.", file=sys.stderr)
            continue
        checkpoint.load_weights(trainer.model, tensors, path)
        load_state(trainer.model, trainer.optimizer, tensors)
        trainer.state = State(**facts["state"])
        return
    if paths:
        raise CheckpointError(f"no checkpoint in {paths[0].parent} can be read. Restore one, or train anew.")


class Saver:
    """Writes checkpoints and keeps the last few; a disk that is full costs a checkpoint, never the run."""

    def __init__(self, run: Run, settings: Settings, config: TransformerConfig) -> None:
        self.run, self.settings, self.config = run, settings, config
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
            last = next(reversed(self.run.checkpoints()), None)
            stands = f"The last whole checkpoint is {last.name}" if last else "There is no checkpoint yet"
            raise CheckpointError(
                f"{self.run.folder} cannot be written ({error}). {stands}: free some space and go on with --resume."
            ) from None
