"""The folder of one training run: what is in it, and how to get a model back from it.

run.json            what was asked for: model, settings, corpus, command, versions
tokenizer.json      from the training split of that corpus
log.jsonl           the loss curve
checkpoints/        step-00000500.safetensors, ...: weights, moments of the optimizer, state of the loop
model.safetensors   the final weights, written when training ends
tensorboard/        event files
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch

from translator.checks import refuse_unknown
from translator.data.tokenizer import Tokenizer
from translator.errors import CheckpointError, InputError, TokenizerError
from translator.files import write_json
from translator.model.config import TransformerConfig
from translator.model.custom_parts import Parts
from translator.model.transformer import Transformer
from translator.runs import checkpoint

FORMAT = 1
Made = TypeVar("Made")
#: What run.json holds: by name the type, or the same of what is within. `model` and `settings` are checked in full by
#: their own classes; here only what is read without them.
CONTENTS: dict[str, Any] = {
    "command": list,
    "began": str,
    "commit": (str, type(None)),
    "corpus": {"name": str, "pair": str, "checksum": str},
    "size": str,
    "vocabulary": int,
    "model": {},
    "settings": {"seed": int},
    "machine": {"threads": int},
    "format": int,
    "tokenizer": str,
}


@dataclass(frozen=True)
class Run:
    """A run's folder, which need not exist yet."""

    folder: Path

    @property
    def exists(self) -> bool:
        """Whether a training was begun here."""
        return self.facts_path.is_file()

    @property
    def facts_path(self) -> Path:
        """run.json"""
        return self.folder / "run.json"

    @property
    def tokenizer_path(self) -> Path:
        """tokenizer.json"""
        return self.folder / "tokenizer.json"

    @property
    def log_path(self) -> Path:
        """log.jsonl, read by `translator.runs.log.read_log`."""
        return self.folder / "log.jsonl"

    @property
    def model_path(self) -> Path:
        """model.safetensors"""
        return self.folder / "model.safetensors"

    def checkpoint_path(self, step: int) -> Path:
        """Of the checkpoint after so many updates."""
        return self.folder / "checkpoints" / f"step-{step:08d}.safetensors"

    def checkpoints(self) -> list[Path]:
        """From the first to the last."""
        return sorted((self.folder / "checkpoints").glob("step-*.safetensors"))

    def begin(self, facts: dict[str, Any], tokenizer: Tokenizer) -> None:
        """Write what must be known before the first checkpoint; `facts` come last, and make the run exist.

        Raises:
            CheckpointError: the folder cannot be written.
        """
        try:
            tokenizer.save(self.tokenizer_path)
            write_json(self.facts_path, {**facts, "format": FORMAT, "tokenizer": tokenizer.checksum})
        except OSError as error:
            raise CheckpointError(f"{self.folder} cannot be written ({error}). Choose another folder.") from None

    def facts(self) -> dict[str, Any]:
        """What `begin` wrote.

        Raises:
            CheckpointError: this is no run, or its run.json is damaged.
        """
        path = self.facts_path
        if not self.exists:
            raise CheckpointError(
                f"{self.folder} holds no training run (no run.json). Train one: "
                f"python -m translator train --out {self.folder}"
            )
        try:
            facts = json.loads(path.read_text(encoding="utf-8"))
            found = facts["format"]
        except (ValueError, KeyError, TypeError, RecursionError, OSError) as error:
            why = "format is missing" if isinstance(error, KeyError) else error
            raise CheckpointError(f"{path} is damaged ({why}). Restore it, or train into another folder.") from None
        if found != FORMAT:
            raise CheckpointError(f"{path} has format {found}; this version reads format {FORMAT}.")
        return self.checked(_whole, facts)

    def checked(self, make: Callable[[Any], Made], data: object) -> Made:
        """`make(data)`, of data from run.json; CheckpointError where that raises InputError."""
        try:
            return make(data)
        except InputError as error:
            raise CheckpointError(
                f"{self.facts_path} is damaged: {error} Restore it, or train into another folder."
            ) from None

    def config(self) -> TransformerConfig:
        """The model's. CheckpointError as `facts`, and for a field that is unknown, missing or makes no sense."""
        return self.checked(TransformerConfig.from_dict, self.facts()["model"])

    def tokenizer(self) -> Tokenizer:
        """The one that the model was trained with, and no other.

        Raises:
            TokenizerError: missing, damaged or another.
        """
        tokenizer, expected = Tokenizer.load(self.tokenizer_path), self.facts()["tokenizer"]
        if tokenizer.checksum != expected:
            raise TokenizerError(
                f"{self.tokenizer_path} is not the tokenizer of this model: checksum {tokenizer.checksum[:12]}…, "
                f"expected {expected[:12]}…. Its ids would mean other words. Restore the file of the training."
            )
        return tokenizer

    def model(self, device: torch.device | str = "cpu", parts: Parts | None = None) -> Transformer:
        """The trained model in evaluation mode: the final weights, or those of the last checkpoint.

        Raises:
            CheckpointError: nothing to load, or damaged.
        """
        config = self.config()
        path = self.model_path if self.model_path.is_file() else next(reversed(self.checkpoints()), None)
        if path is None:
            raise CheckpointError(
                f"{self.folder} has no checkpoint yet: training was stopped before the first. "
                f"Go on with: python -m translator train --out {self.folder} --resume"
            )
        try:
            tensors, _ = checkpoint.read(path)
        except CheckpointError as error:
            others = [other for other in self.checkpoints() if other != path]
            advice = f"Delete it to use {others[-1].name}." if others else "Train again, or restore it from a copy."
            raise CheckpointError(f"{error} {advice}") from None
        model = Transformer(config, parts)
        checkpoint.load_weights(model, tensors, path)
        return model.to(device).eval()


def _whole(facts: dict[str, Any]) -> dict[str, Any]:
    """`facts` themselves; InputError where they are not what `begin` wrote."""
    refuse_unknown(facts, CONTENTS, "a run")
    _hold(facts, CONTENTS)
    return facts


def _hold(facts: Mapping[str, Any], contents: Mapping[str, Any], within: str = "") -> None:
    """InputError for the first of `contents` that `facts` lacks or holds as another type."""
    for name, kind in contents.items():
        if name not in facts:
            if isinstance(kind, tuple):  # may be None, so may be left out
                continue
            raise InputError(f"{within}{name} is missing.")
        inner = isinstance(kind, dict)
        if not isinstance(facts[name], dict if inner else kind) or isinstance(facts[name], bool):
            raise InputError(f"{within}{name} is {facts[name]!r:.60}; another type was expected.")
        if inner:
            _hold(facts[name], kind, f"{within}{name}.")
