"""Translate sentences with a trained model: from the command line, or from standard input, one a line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from translator.errors import InputError

#: Lines read from standard input before they are translated: enough to sort by length, few enough to answer soon.
CHUNK = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("model", type=Path, metavar="RUN", help="folder of the run")
    add("sentences", nargs="*", metavar="SENTENCE", help="without any, lines of standard input are translated")
    add("--beam", type=int, default=1, metavar="WIDTH", help="prefixes kept at every step; 1, the default, is greedy")
    add("--attention", type=Path, metavar="FILE", help="draw what each target token looked at (one sentence only)")
    add("--device", default="auto", help="auto (a GPU if there is one), cpu, cuda")


def run(options: argparse.Namespace) -> int:
    """Print one translation a line."""
    from translator.decoding import translate
    from translator.devices import choose_device
    from translator.runs.folder import Run

    if options.beam < 1:
        raise InputError(f"--beam {options.beam}; expected at least 1.")
    if options.attention and len(options.sentences) != 1:
        raise InputError(f"--attention draws one sentence; {len(options.sentences)} were given.")
    folder = Run(options.model)
    model, tokenizer = folder.model(choose_device(options.device)), folder.tokenizer()
    for texts in [options.sentences] if options.sentences else _lines():
        for text in translate(model, tokenizer, texts, options.beam):
            print(text, flush=True)
    if options.attention:
        from translator.figures.cross_attention import draw

        draw(model, tokenizer, options.sentences[0], options.beam, options.attention)
    return 0


def _lines() -> Iterator[list[str]]:
    lines = (line.rstrip("\n") for line in sys.stdin)
    if sys.stdin.isatty():
        yield from ([line] for line in lines)
    while chunk := list(islice(lines, CHUNK)):
        yield chunk
