"""From a corpus to a trained model in a folder: everything around the loop."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from translator.data.batches import Examples
from translator.devices import threads
from translator.errors import CheckpointError, CorpusError, TrainingError
from translator.model.custom_parts import Parts
from translator.model.transformer import Transformer
from translator.runs.folder import Run
from translator.training.callbacks import Callback
from translator.training.checkpointing import Saver, restore
from translator.training.distributed import World
from translator.training.plan import Plan, continued_plan, new_plan
from translator.training.trainer import Trainer


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

    Args:
        run: its folder.
        asked: corpus, pair, size and settings; see `translator.training.plan.new_plan`.
        resume: go on from the last checkpoint if there is one.
        parts: the caller's own parts of the model; the same are needed to load it.
        callbacks: told of what happens.
        command: stored with the run, so that a receipt can name how it was made.

    Raises:
        TranslatorError: with what to do; the folder then holds what it held before.
    """
    if run.exists and not resume:
        raise CheckpointError(
            f"{run.folder} already holds a run. Add --resume to go on with it, or choose another folder."
        )
    what = continued_plan(run, asked) if run.exists else new_plan(asked, world, command)
    if world.main:
        for remark in what.corpus.remarks:
            print(remark, file=sys.stderr)
    examples, valid = encode(what, world.main)
    world.wait()  # until all have looked: now the main process makes the run exist
    if world.main:
        run.begin(what.facts, what.tokenizer)
    torch.manual_seed(what.settings.seed)
    model = Transformer(what.config, parts)
    saver = Saver(run, what.settings)
    trainer = Trainer(model, examples, what.settings, world, valid=valid, callbacks=list(callbacks), save=saver.save)
    restore(run, trainer)
    world.wait()  # until all have read: now checkpoints may be written and removed
    with threads(what.facts["machine"]["threads"]):
        try:
            reason = trainer.run()
        except TrainingError as error:
            raise TrainingError(f"{error} {saver.stands()}.") from None
    if world.main:
        saver.finish(trainer, reason)
    world.wait()
    return reason


def encode(what: Plan, speak: bool) -> tuple[Examples, Examples | None]:
    """Training and validation split as ids."""
    limit, name = what.config.max_length, what.corpus.name
    found: dict[str, Examples] = {}
    for split in ("train", "valid"):
        pairs = what.corpus.splits.get(split, [])
        found[split] = Examples.of(pairs, what.tokenizer, limit)
        if split == "train" and not len(found[split]):
            raise CorpusError(f"{name}: every training pair has {limit} tokens or more. Raise --max-length.")
        if speak and found[split].dropped:
            print(f"{split}: left out {found[split].dropped} pairs of {limit} tokens or more", file=sys.stderr)
    return found["train"], found["valid"] if len(found["valid"]) else None
