"""The data of the live figures that come from a model: `python tools/live_data.py --run RUN` writes them anew.

`book/_static/live/heads.json`: queries, keys and values of every head of a trained encoder, for one sentence.
`book/_static/live/decoding.json`: what follows a word, counted in the pocket corpus. It needs no run.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import translator
from tools.notebooks import ROOT
from translator.data.pocket import split
from translator.decoding.batch import encode
from translator.model.multi_head import MultiHeadAttention

LIVE = ROOT / "book" / "_static" / "live"
SENTENCE = "The clever women thank the tired boy."
STARTS = ("on", "next", "There")  # greedy loses, loses, wins against a beam of two
ENDS = (".", "?")
CONTINUATIONS = 4  # of a word: a beam of three needs no more of any prefix


def heads(run: Path, sentence: str = SENTENCE) -> dict[str, Any]:
    """Every head of the encoder at work on a sentence: q, k and v, each (L, d_k), as the model computes them."""
    trained = translator.load(run, device="cpu")
    (ids,) = encode(trained.model, trained.tokenizer, [sentence])
    found: list[dict[str, Any]] = []

    def keep(module: MultiHeadAttention, inputs: tuple[torch.Tensor, ...]) -> None:
        query, key, value = inputs[:3]
        split = [module._split(project(x))[0] for project, x in
                 ((module.query, query), (module.key, key), (module.value, value))]  # fmt: skip
        layer = len(found) // module.heads + 1
        for head, parts in enumerate(zip(*split, strict=True), start=1):
            found.append({"layer": layer, "head": head} | dict(zip("qkv", map(rounded, parts), strict=True)))

    attentions = [layer.self_attention for layer in trained.model.encoder.layers]
    hooks = [attention.register_forward_pre_hook(keep) for attention in attentions]
    with torch.no_grad():
        trained.model.encode(torch.tensor([ids]), torch.ones(1, 1, len(ids), dtype=torch.bool))
    for hook in hooks:
        hook.remove()
    facts = json.loads((run / "run.json").read_text(encoding="utf-8"))
    return {"command": facts["command"], "tokens": trained.tokenizer.pieces(ids), "heads": found}


def rounded(x: torch.Tensor, digits: int = 3) -> list[Any]:
    return [rounded(row, digits) if row.dim() else round(row.item(), digits) for row in x]


def decoding() -> dict[str, Any]:
    """p(next word | word), from the English side of the training split, for all that a search from STARTS can reach."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for pair in split()["train"]:
        words = re.findall(r"[\w']+|[^\w\s]", pair.source)
        for word, following in pairwise(words):
            counts[word][following] += 1
    table: dict[str, list[list[Any]]] = {}
    waiting = list(STARTS)
    while waiting:
        word = waiting.pop()
        if word in table or word in ENDS:
            continue
        best = counts[word].most_common(CONTINUATIONS)
        table[word] = [[following, round(count / counts[word].total(), 5)] for following, count in best]
        waiting += [following for following, _ in best]
    return {"starts": STARTS, "ends": ENDS, "next": table}


def write(name: str, data: dict[str, Any]) -> None:
    path = LIVE / f"{name}.json"
    path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"wrote {path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, help="a run folder of `translator train`; without it heads.json stays")
    arguments = parser.parse_args()
    LIVE.mkdir(exist_ok=True)
    write("decoding", decoding())
    if arguments.run:
        write("heads", heads(arguments.run))


if __name__ == "__main__":
    main()
