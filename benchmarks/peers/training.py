"""Training beside `torch.nn.Transformer` and Hugging Face's Marian: same size, same batches, one thread, CPU time.

    python -m benchmarks.peers.training --receipt benchmarks/receipts/peers-training.json

What is timed is one whole update: forward, loss with label smoothing, backward, AdamW, the same optimizer for all.
Batches are those of `benchmarks/training_speed.py`: lengths of Multi30k, tokens at random. Weights are random: Marian
is post-norm, so it cannot have ours; its layers do the same work. Ours and torch's are pre-norm and start equal.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import MarianConfig, MarianMTModel

from benchmarks.peers.measuring import head, peak_memory, summary
from benchmarks.training_speed import SMOOTHING, VOCABULARY, Padded, Update, cut, draw_examples
from translator.data.batches import Batch
from translator.export.huggingface import sizes
from translator.files import write_json
from translator.model.config import TransformerConfig
from translator.model.torch_twin import TorchTwin, copy_weights
from translator.model.transformer import Transformer
from translator.model.vocabulary import PAD
from translator.training.optimizer import adamw
from translator.training.settings import Settings
from translator.training.trainer import Objective

SYSTEMS = ("ours", "torch.nn.Transformer", "Hugging Face Marian")


def marian(config: TransformerConfig) -> MarianMTModel:
    """Marian of the same size, tied three ways, with random weights."""
    return MarianMTModel(MarianConfig(**sizes(config), dropout=config.dropout))


class Marian(nn.Module):
    """Marian and the smoothed loss, as `Padded` has it for torch."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.model = marian(config)

    def forward(self, batch: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        source, inputs, outputs = batch
        logits = self.model(
            input_ids=source, attention_mask=source != PAD, decoder_input_ids=inputs, use_cache=False
        ).logits.flatten(0, 1)
        return F.cross_entropy(logits, outputs.flatten(), ignore_index=PAD, label_smoothing=SMOOTHING, reduction="sum")


def system(name: str, config: TransformerConfig) -> tuple[nn.Module, Update]:
    """One of `SYSTEMS`: its module, and one update on a batch, returning its loss a token."""
    torch.manual_seed(0)
    if name == "Hugging Face Marian":
        objective: nn.Module = Marian(config)
    else:
        ours = Transformer(config)
        objective = Objective(ours, SMOOTHING)
        if name != "ours":
            twin = TorchTwin(config)
            copy_weights(ours, twin)
            objective = Padded(twin, real=False)
    objective.train()
    optimizer = adamw(objective, Settings(steps=1, learning_rate=1e-3))

    def update(batch: Batch) -> float:
        loss = objective(batch if name == "ours" else batch.padded()) / batch.tokens
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return loss.item()

    return objective, update


def supply(config: TransformerConfig, kind: str, tokens: int, count: int) -> list[Batch]:
    """The first `count` batches of about so many target tokens."""
    examples = draw_examples(max(4000, count * tokens // 10), config.vocabulary)
    return [examples.batch(part) for part in cut(examples, kind, tokens)[:count]]


def measure(config: TransformerConfig, kind: str, tokens: int, rounds: int) -> dict[str, Any]:
    """Real target tokens a CPU second of each system: medians over rounds, one batch each."""
    updates = {name: system(name, config)[1] for name in SYSTEMS}
    speeds: dict[str, list[float]] = {name: [] for name in SYSTEMS}
    for turn, batch in enumerate(supply(config, kind, tokens, rounds + 1)):
        for name in sorted(updates, reverse=bool(turn % 2)):
            began = time.process_time()
            updates[name](batch)
            if turn:  # the first round warms up
                speeds[name].append(batch.tokens / (time.process_time() - began))
    return {"batches": kind, "tokens_a_batch": tokens, **summary(speeds)}


def _prepare(name: str, config: TransformerConfig, kind: str, tokens: int) -> Callable[[], Any]:
    update, given = system(name, config)[1], supply(config, kind, tokens, 3)
    return lambda: [update(batch) for batch in given]


def main() -> None:
    """Measure, print and write the receipt."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="tiny")
    parser.add_argument("--tokens", type=int, nargs="+", default=[1024, 4096, 8192], help="target tokens a batch")
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--receipt", type=Path, metavar="FILE")
    options = parser.parse_args()
    torch.set_num_threads(1)
    config = TransformerConfig.named(options.size, VOCABULARY, dropout=options.dropout)
    result = head("benchmarks.peers.training") | {
        "size": options.size,
        "vocabulary": VOCABULARY,
        "dropout": options.dropout,
        "rounds": options.rounds,
        "trained_parameters": {
            name: sum(p.numel() for p in system(name, config)[0].parameters() if p.requires_grad) for name in SYSTEMS
        },
        "speed": [],
        "memory": [],
    }
    for kind in ("random", "bucketed"):
        for tokens in options.tokens:
            part = measure(config, kind, tokens, options.rounds)
            print(json.dumps(part), flush=True)
            result["speed"].append(part)
    for tokens in options.tokens:
        of = {name: peak_memory(_prepare, name, config, "random", tokens) for name in SYSTEMS}
        result["memory"].append({"batches": "random", "tokens_a_batch": tokens, **of})
    print(json.dumps(result, indent=2))
    if options.receipt:
        write_json(options.receipt, result)


if __name__ == "__main__":
    main()
