"""What a run is: a new one from what was asked for, one that goes on from its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from translator.data import corpora
from translator.data.corpora import Corpus
from translator.data.tokenizer import Tokenizer
from translator.devices import wanted_threads
from translator.errors import CorpusError, InputError
from translator.model.config import SIZES, TransformerConfig
from translator.runs.folder import Run
from translator.runs.machine import commit, machine
from translator.training.distributed import World
from translator.training.settings import Settings

#: What a run may be asked to change when it goes on.
FREE = {"steps", "minutes", "precision", "compile", "log_every", "validate_every", "save_every", "keep", "average"}
GENERAL: dict[str, Any] = {
    "corpus": "pocket",
    "pair": "en-de",
    "size": "tiny",
    "vocabulary": 8000,
    "max_length": 256,
    "steps": 10_000,
}
#: What a size wants unless the corpus or the user says otherwise: wider models take smaller steps and a longer warm-up.
#: Those of base are the paper's peak, d_model^-0.5 warmup^-0.5, and its warm-up (section 5.3).
BY_SIZE: dict[str, dict[str, Any]] = {
    "tiny": {"learning_rate": 2e-3, "warmup": 400},
    "small": {"learning_rate": 1.4e-3, "warmup": 1000},
    "base": {"learning_rate": 7e-4, "warmup": 4000},
}
#: The pocket corpus has no noise and one translation for each sentence, and is not seen often enough to be learnt by
#: heart: dropout and label smoothing only slow it down, and many small updates beat few large ones.
BY_CORPUS: dict[str, dict[str, Any]] = {
    "pocket": {"steps": 5500, "batch_tokens": 256, "learning_rate": 2e-3, "dropout": 0.0, "smoothing": 0.0}
}


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
    """
    given = {name: value for name, value in asked.items() if value is not None}
    size = given.get("size", GENERAL["size"])
    if size not in SIZES:
        raise InputError(f"unknown size {size!r}; expected one of {', '.join(SIZES)}.")
    recipe = BY_CORPUS.get(given.get("corpus", GENERAL["corpus"]), {})
    wanted = {**GENERAL, **BY_SIZE[size], **recipe, **given}
    if "minutes" in given and "steps" not in given:
        del wanted["steps"]
    settings = Settings(**{field.name: wanted[field.name] for field in fields(Settings) if field.name in wanted})
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
        "machine": {
            **machine(world.device),
            "threads": wanted_threads(config.d_model, world.device),
            "processes": world.size,
        },
    }
    return Plan(facts, corpus, tokenizer, config, settings)


def continued_plan(run: Run, asked: Mapping[str, Any]) -> Plan:
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
