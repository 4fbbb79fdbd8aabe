"""Score a trained model on the test splits of its corpus; prints JSON."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from translator.errors import CorpusError, InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("model", type=Path, metavar="RUN", help="folder of the run")
    add("--split", action="append", help="only this split; may be given several times (default: all tests)")
    add("--corpus", help="another corpus than the one it was trained on, in the same pair")
    add("--beam", type=int, default=1, metavar="WIDTH", help="1, the default, is greedy")
    add("--limit", type=int, help="only the first so many pairs of each split")
    add("--moses", action="store_true", help="also BLEU on lower-cased Moses tokens, as older papers print it")
    add("--device", default="auto", help="auto (a GPU if there is one), cpu, cuda")
    add("--receipt", type=Path, metavar="FILE", help="also write how the model was trained and what it scored")


def run(options: argparse.Namespace) -> int:
    """Print the scores by split."""
    from translator.data import corpora
    from translator.devices import choose_device
    from translator.evaluation import evaluate
    from translator.runs.folder import Run

    if options.beam < 1 or (options.limit is not None and options.limit < 1):
        raise InputError("--beam and --limit must be at least 1.")
    folder = Run(options.model)
    trained_on = folder.facts()["corpus"]
    model, tokenizer = folder.model(choose_device(options.device)), folder.tokenizer()
    corpus = corpora.load(options.corpus or trained_on["name"], trained_on["pair"])
    if corpus.terms:
        print(corpus.terms, file=sys.stderr)
    wanted = options.split or corpus.tests
    for split in wanted:
        if split not in corpus.splits:
            raise CorpusError(f"{corpus.name} has no split {split!r}; expected one of {', '.join(corpus.splits)}.")
    if not wanted:
        raise CorpusError(f"{corpus.name} has no test split: add files such as test.{corpus.source}.")
    scores = {
        split: evaluate(
            model, tokenizer, corpus.splits[split][: options.limit], corpus.target, options.beam, options.moses
        )
        for split in wanted
    }
    print(json.dumps({"corpus": corpus.name, "pair": trained_on["pair"], "splits": scores}, indent=2))
    if options.receipt:
        from translator.runs.receipts import write_receipt

        if not folder.model_path.is_file():
            raise InputError(f"{options.model} is not trained to its end: finish it first, with --resume.")
        command = ["python", "-m", "translator", *sys.argv[1:]]
        write_receipt(options.receipt, folder, corpus, scores, command, model.device)
    return 0
