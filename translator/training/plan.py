"""What a run is: a new one from what was asked for, one that goes on from its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from translator.data import corpora
from translator.data.corpora import Corpus
from translator.data.published import PUBLISHED
from translator.data.tokenizer import Tokenizer
from translator.devices import wanted_threads
from translator.errors import CorpusError, InputError
from translator.model.config import TransformerConfig
from translator.runs.folder import Run
from translator.runs.machine import commit, machine
from translator.training.distributed import World
from translator.training.recipes import asked_for, completed
from translator.training.settings import Settings

#: What a run may be asked to change when it goes on.
FREE = {"steps", "minutes", "precision", "compile", "log_every", "validate_every", "save_every", "keep", "average"}


@dataclass(frozen=True)
class Plan:
    """All that training needs to know; `facts` is what run.json holds of it."""

    facts: dict[str, Any]
    corpus: Corpus
    tokenizer: Tokenizer
    config: TransformerConfig
    settings: Settings


def new_plan(asked: Mapping[str, Any], world: World, command: Sequence[str] = ()) -> Plan:
    """A run that begins. Its tokenizer is trained here, by every process alike.

    Args:
        asked: any of corpus, pair, size, vocabulary (tokens at most), the fields of `Settings` and of
            `TransformerConfig`; what is absent or None takes its default.

    Raises:
        InputError: a name that there is not, or a value without sense.
        CorpusError, TokenizerError: no such corpus, or one that cannot be used.
    """
    wanted = completed(asked_for(asked))
    settings = Settings(**{field.name: wanted[field.name] for field in fields(Settings)})
    # All that can be refused is refused here, before the corpus is read.
    config = TransformerConfig(**{field.name: wanted[field.name] for field in fields(TransformerConfig)})
    corpus = corpora.load(wanted["corpus"], wanted["pair"])
    tokenizer = Tokenizer.train((side for pair in corpus.splits["train"] for side in pair), wanted["vocabulary"])
    config = replace(config, vocabulary=len(tokenizer))
    facts = {
        "command": list(command),
        "began": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "corpus": {"name": corpus.name, "pair": wanted["pair"], "checksum": corpus.checksum},
        "size": wanted["size"],
        "vocabulary": wanted["vocabulary"],
        "model": config.to_dict(),
        "settings": settings.to_dict(),
        "machine": {
            **machine(world.device),
            "threads": wanted_threads(config.d_model, world.device),
            "processes": world.size,
        },
    }
    return Plan(facts, corpus, tokenizer, config, settings)


def continued_plan(run: Run, asked: Mapping[str, Any]) -> Plan:
    """A run that goes on, with what may be changed changed.

    Its corpus may lie in another place than before: what counts is its checksum, and the new place is remembered.

    Raises:
        InputError: `asked` contradicts what the run was begun with, or makes no sense.
        CorpusError: the corpus is not what it was.
        CheckpointError: run.json is damaged.
    """
    facts, config = run.facts(), run.config()
    before = run.checked(Settings.from_dict, facts["settings"])
    name, pair = facts["corpus"]["name"], facts["corpus"]["pair"]
    began = {**config.to_dict(), **before.to_dict(), "pair": pair, "size": facts["size"]}
    began["vocabulary"] = facts["vocabulary"]
    given = asked_for(asked)
    place = given.pop("corpus", name)
    changes = {key: value for key, value in given.items() if value != began[key]}
    for key in changes.keys() - FREE:
        raise InputError(
            f"this run was begun with {key} {began[key]}, not {changes[key]}. "
            "Leave the option out to go on with it, or train into another folder."
        )
    if changes.keys() & {"steps", "minutes"}:
        changes = {"steps": None, "minutes": None, **changes}
    settings = replace(before, **changes)
    corpus = _same_corpus(place, facts["corpus"])
    facts["settings"], facts["corpus"]["name"] = settings.to_dict(), corpus.name
    return Plan(facts, corpus, run.tokenizer(), config, settings)


def _same_corpus(place: str, known: Mapping[str, Any]) -> Corpus:
    """The corpus at `place`, which must hold the text that the run began with, wherever that was."""
    try:
        corpus = corpora.load(place, known["pair"])
    except CorpusError as error:
        if place != known["name"] or place in PUBLISHED or Path(place).is_dir():
            raise
        raise CorpusError(f"{error} If the run's corpus was moved, name its new place with --corpus.") from None
    if corpus.checksum == known["checksum"]:
        return corpus
    differs = f"checksum {corpus.checksum[:12]}…, expected {known['checksum'][:12]}…"
    if place == known["name"]:
        raise CorpusError(
            f"{place} has changed since this run began ({differs}). Restore its files, or train into another folder."
        )
    raise InputError(
        f"this run was begun with corpus {known['name']}, and {place} holds another text ({differs}). "
        "Leave the option out to go on with it, or train into another folder."
    )
