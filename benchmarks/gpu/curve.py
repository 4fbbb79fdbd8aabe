"""How many seconds of training a score costs: BLEU of every checkpoint that a run kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from translator.data import corpora
from translator.evaluation import evaluate
from translator.model.transformer import Transformer
from translator.runs import checkpoint
from translator.runs.folder import Run


def curve(run: Run, split: str, device: torch.device, limit: int | None = None) -> list[dict[str, Any]]:
    """For each checkpoint: step, seconds of training until then, and greedy BLEU on lower-cased Moses tokens."""
    facts = run.facts()["corpus"]
    corpus = corpora.load(facts["name"], facts["pair"])
    model, tokenizer = Transformer(run.config()).to(device).eval(), run.tokenizer()
    found = []
    for path in run.checkpoints():
        tensors, header = checkpoint.read(path)
        checkpoint.load_weights(model, tensors, path)
        scores = evaluate(model, tokenizer, corpus.splits[split][:limit], corpus.target, moses=True)
        state = header["state"]
        found.append({"step": state["step"], "seconds": round(state["seconds"], 1), "moses_bleu": scores["moses_bleu"]})
    return found


def reached(points: Sequence[dict[str, Any]], marks: Sequence[float]) -> dict[str, float | None]:
    """The seconds at the first point that has each mark; None where no point has it."""
    return {
        f"{mark:g}": next((point["seconds"] for point in points if point["moses_bleu"] >= mark), None) for mark in marks
    }
