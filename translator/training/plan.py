"""What a run is: a new one from what was asked for, an old one from its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from translator import corpora
from translator.config import SIZES, TransformerConfig
from translator.corpora import Corpus
from translator.errors import CorpusError, InputError
from translator.receipts import commit, machine
from translator.run import Run
from translator.tokenizer import Tokenizer
from translator.training.distributed import World
from translator.training.settings import Settings

#: What a run may be asked to change when it goes on.
FREE = {"steps", "minutes", "precision", "compile", "log_every", "validate_every", "save_every", "keep", "average"}
#: Settings that differ from the general defaults, by corpus; found by trial on its validation split.
RECIPES: dict[str, dict[str, Any]] = {"pocket": {"steps": 3000}}
GENERAL: dict[str, Any] = {"corpus": "pocket", "pair": "en-de", "size": "tiny", "vocabulary": 8000, "max_length": 256}


@dataclass(frozen=True)
class Plan:
    """All that training needs to know; `facts` is what run.json holds of it."""

    facts: dict[str, Any]
    corpus: Corpus
    tokenizer: Tokenizer
    config: TransformerConfig
    settings: Settings


def new(asked: Mapping[str, Any], world: World, command: Sequence[str] = ()) -> Plan:
    """A run that begins. Its tokenizer is trained here, by every process alike.

    Args:
        asked: any of corpus, pair, size, vocabulary (tokens at most), the fields of `Settings` and of
            `TransformerConfig`; what is absent or None takes its default.
    """
    wanted = {**GENERAL, **{name: value for name, value in asked.items() if value is not None}}
    if wanted["size"] not in SIZES:
        raise InputError(f"unknown size {wanted['size']!r}; expected one of {', '.join(SIZES)}.")
    chosen = {field.name: wanted[field.name] for field in fields(Settings) if field.name in wanted}
    recipe = {"steps": 10_000, **RECIPES.get(wanted["corpus"], {})}
    if chosen.keys() & {"steps", "minutes"}:
        del recipe["steps"]
    settings = Settings(**{**recipe, **chosen})
    corpus = corpora.load(wanted["corpus"], wanted["pair"])
    tokenizer = Tokenizer.train((side for pair in corpus.splits["train"] for side in pair), wanted["vocabulary"])
    sizes = {field.name: wanted[field.name] for field in fields(TransformerConfig) if field.name in wanted}
    try:
        config = TransformerConfig.named(wanted["size"], **{**sizes, "vocabulary": len(tokenizer)})
    except ValueError as error:
        raise InputError(str(error)) from None
    facts = {
        "command": list(command),
        "began": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "corpus": {"name": corpus.name, "pair": wanted["pair"], "checksum": corpus.checksum},
        "size": wanted["size"],
        "vocabulary": wanted["vocabulary"],
        "model": config.to_dict(),
        "settings": settings.to_dict(),
        "machine": {**machine(world.device), "processes": world.size},
    }
    return Plan(facts, corpus, tokenizer, config, settings)


def old(run: Run, asked: Mapping[str, Any]) -> Plan:
    """A run that goes on, with what may be changed changed.

    Raises:
        InputError: `asked` contradicts what the run was begun with.
        CorpusError: the corpus is not what it was.
    """
    facts = run.facts()
    name, pair = facts["corpus"]["name"], facts["corpus"]["pair"]
    began = {**facts["model"], **facts["settings"], "corpus": name, "pair": pair}
    began.update(size=facts["size"], vocabulary=facts["vocabulary"])
    changes = {key: value for key, value in asked.items() if value is not None and value != began.get(key)}
    for key in changes.keys() - FREE:
        raise InputError(
            f"this run was begun with {key} {began.get(key)}, not {changes[key]}. "
            "Leave the option out to go on with it, or train into another folder."
        )
    if changes.keys() & {"steps", "minutes"}:
        changes = {"steps": None, "minutes": None, **changes}
    settings = replace(Settings(**facts["settings"]), **changes)
    corpus = corpora.load(name, pair)
    if corpus.checksum != facts["corpus"]["checksum"]:
        raise CorpusError(
            f"{name} has changed since this run began (checksum {corpus.checksum[:12]}…, expected "
            f"{facts['corpus']['checksum'][:12]}…). Restore its files, or train into another folder."
        )
    facts["settings"] = settings.to_dict()
    return Plan(facts, corpus, run.tokenizer(), TransformerConfig.from_dict(facts["model"]), settings)
