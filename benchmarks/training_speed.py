"""Training speed beside `torch.nn.Transformer`: the same weights, the same batches, one thread, real tokens only.

    python benchmarks/training_speed.py --receipt benchmarks/receipts/training-speed.json

Sentences have the lengths of Multi30k's English-German training pairs under a joint vocabulary of 10,000
(`multi30k_lengths.json`, counts only); their tokens are drawn at random, which no part of the work depends on.
What is timed is one whole update: forward, loss with label smoothing, backward, AdamW. The clock is CPU time.

These take turns on every batch:
- ours: the packed model and its chunked loss, as `train` runs them on a CPU;
- ours, bf16: the same under bf16 autocast;
- ours, compiled (with --compiled; it takes minutes): the same with its layers through `torch.compile`;
- torch: `nn.Transformer` as most people write it, padded, `F.cross_entropy` with `ignore_index`;
- torch, real logits: the same, but its output layer sees real positions only.
"""

from __future__ import annotations

import argparse
import copy
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from translator.data import corpora
from translator.data.batches import Batch, Examples, batches
from translator.data.tokenizer import Tokenizer
from translator.files import write_json
from translator.model.config import TransformerConfig
from translator.model.torch_twin import TorchTwin, copy_weights
from translator.model.transformer import Transformer
from translator.model.vocabulary import PAD
from translator.runs.machine import commit, machine
from translator.training.optimizer import adamw
from translator.training.settings import Settings
from translator.training.trainer import Objective

Update = Callable[[Batch], float]
LENGTHS = Path(__file__).with_name("multi30k_lengths.json")
SMOOTHING, VOCABULARY = 0.1, 10_000


def count_lengths(folder: str) -> None:
    """Write `multi30k_lengths.json` from a folder with train.en and train.de: how many pairs have which lengths."""
    corpus = corpora.load(folder, "en-de")
    tokenizer = Tokenizer.train((side for pair in corpus.splits["train"] for side in pair), VOCABULARY)
    counts = Counter(map(tuple, Examples.of(corpus.splits["train"], tokenizer).lengths.tolist()))
    LENGTHS.write_text(json.dumps([[*pair, count] for pair, count in sorted(counts.items())]) + "\n")


def draw_examples(sentences: int, vocabulary: int, seed: int = 0) -> Examples:
    """Random tokens in sentences whose pairs of lengths follow the counts."""
    table = np.array(json.loads(LENGTHS.read_text()))
    draw = np.random.default_rng(seed)
    lengths = table[draw.choice(len(table), sentences, p=table[:, 2] / table[:, 2].sum()), :2]
    # The counts hold a mark on each side, which `Examples` adds again.
    sides = [[draw.integers(3, vocabulary, n - 1).tolist() for n in lengths[:, side]] for side in range(2)]
    return Examples(*sides)


def cut(examples: Examples, kind: str, tokens: int) -> list[NDArray[np.int64]]:
    """Batches of about `tokens` target tokens: "random" sentences, or "bucketed" ones of like length."""
    if kind == "bucketed":
        return batches(examples.lengths, tokens, (0, 0), pool=1000)
    order = np.random.default_rng(0).permutation(len(examples))
    reach = np.cumsum(examples.lengths[order, 1]) // tokens
    return np.split(order, np.flatnonzero(np.diff(reach)) + 1)[:-1]


class Padded(nn.Module):
    """`nn.Transformer` and its loss; with `real`, the output layer sees real positions only."""

    def __init__(self, model: TorchTwin, real: bool) -> None:
        super().__init__()
        self.model, self.real = model, real

    def forward(self, batch: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        source, inputs, outputs = batch
        if self.real:
            wanted = outputs != PAD
            logits = self.model.output(self.model.hidden(source, inputs)[wanted])
            return F.cross_entropy(logits, outputs[wanted], label_smoothing=SMOOTHING, reduction="sum")
        logits = self.model(source, inputs).flatten(0, 1)
        return F.cross_entropy(logits, outputs.flatten(), ignore_index=PAD, label_smoothing=SMOOTHING, reduction="sum")


def systems(config: TransformerConfig, more: tuple[str, ...] = (), seed: int = 0) -> dict[str, Update]:
    """By name: one update on a batch, returning its loss a token. All start from the same weights.

    Always "ours" and "torch"; `more` names any others.
    """
    torch.manual_seed(seed)
    ours = Transformer(config)
    found: dict[str, nn.Module] = {"ours": Objective(ours, SMOOTHING)}
    for name in more:
        if name.startswith("ours"):
            found[name] = Objective(copy.deepcopy(ours), SMOOTHING, compiled="compiled" in name)
    for name in ("torch", *(name for name in more if name.startswith("torch"))):
        twin = TorchTwin(config)
        copy_weights(ours, twin)
        found[name] = Padded(twin, real="real" in name)

    def updater(name: str, objective: nn.Module) -> Update:
        optimizer = adamw(objective, Settings(steps=1, learning_rate=1e-3))

        def update(batch: Batch) -> float:
            with torch.autocast("cpu", torch.bfloat16, enabled="bf16" in name):
                loss = objective(batch if name.startswith("ours") else batch.padded()) / batch.tokens
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            return loss.item()

        return update

    return {name: updater(name, objective.train()) for name, objective in found.items()}


def measure(config: TransformerConfig, kind: str, rounds: int, tokens: int, more: tuple[str, ...]) -> dict[str, object]:
    """Real target tokens a CPU-second of each system: medians over rounds, one batch each."""
    examples = draw_examples(max(4000, 40 * rounds), config.vocabulary)
    parts = cut(examples, kind, tokens)
    update = systems(config, more)
    speeds: dict[str, list[float]] = {name: [] for name in update}
    padding = []
    for turn in range(rounds + 1):
        batch = examples.batch(parts[turn % len(parts)])
        padding.append(1 - batch.tokens / batch.padded()[1].numel())
        for name in sorted(update, reverse=bool(turn % 2)):
            began = time.process_time()
            update[name](batch)
            if turn:  # the first round warms up
                speeds[name].append(batch.tokens / (time.process_time() - began))
    medians = {name: statistics.median(values) for name, values in speeds.items()}
    ratios = [ours / theirs for ours, theirs in zip(speeds["ours"], speeds["torch"], strict=True)]
    return {
        "dropout": config.dropout,
        "padding": round(statistics.mean(padding), 3),
        "tokens_per_cpu_second": {name: round(value, 1) for name, value in medians.items()},
        "ratio_of_medians": {name: round(medians["ours"] / value, 3) for name, value in medians.items()},
        "ratio_by_round": [round(ratio, 3) for ratio in ratios],
    }


def largest_difference(config: TransformerConfig, steps: int, tokens: int) -> float:
    """Between the losses of ours and of torch, over so many updates without dropout."""
    examples = draw_examples(4000, config.vocabulary, seed=1)
    update = systems(config)
    parts = cut(examples, "random", tokens)
    found = []
    for step in range(steps):
        batch = examples.batch(parts[step % len(parts)])
        found.append(abs(update["ours"](batch) - update["torch"](batch)))
    return max(found)


def main() -> None:
    """Measure, print and write the receipt."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tokens", type=int, default=3000, help="target tokens a batch")
    parser.add_argument("--steps", type=int, default=100, help="updates over which the losses must agree")
    parser.add_argument("--receipt", type=Path, metavar="FILE")
    parser.add_argument("--count-lengths", metavar="FOLDER", help="only make multi30k_lengths.json, from train.en, .de")
    parser.add_argument("--compiled", action="store_true", help="also time torch.compile")
    options = parser.parse_args()
    if options.count_lengths:
        count_lengths(options.count_lengths)
        return
    torch.set_num_threads(1)
    device = torch.device("cpu")
    result: dict[str, object] = {
        "command": ["python", "benchmarks/training_speed.py", *sys.argv[1:]],
        "commit": commit(),
        "machine": machine(device),
        "size": "tiny",
        "vocabulary": VOCABULARY,
        "tokens_a_batch": options.tokens,
        "rounds": options.rounds,
    }
    more = ("ours, bf16", *(("ours, compiled",) if options.compiled else ()), "torch, real logits")
    for kind in ("random", "bucketed"):
        result[kind] = [
            measure(TransformerConfig.named("tiny", VOCABULARY, dropout=p), kind, options.rounds, options.tokens, more)
            for p in (0.0, 0.1)
        ]
    config = TransformerConfig.named("tiny", VOCABULARY, dropout=0.0)
    result["largest_difference_of_losses"] = {
        "steps": options.steps,
        "difference": largest_difference(config, options.steps, tokens=500),
    }
    print(json.dumps(result, indent=2))
    if options.receipt:
        write_json(options.receipt, result)


if __name__ == "__main__":
    main()
