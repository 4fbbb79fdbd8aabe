"""Write a trained model as a folder that another library opens."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

#: As `translator.export.formats.FORMATS`, which is not imported before it is needed: it loads torch.
FORMATS = ("huggingface", "ctranslate2", "onnx", "browser")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options, each with its default."""
    add = parser.add_argument
    add("model", type=Path, metavar="RUN", help="folder of the run")
    add("folder", type=Path, metavar="FOLDER", help="where to write; must not be there yet, or be empty")
    add(
        "--format",
        choices=FORMATS,
        default="onnx",
        help="huggingface (transformers: Marian for a post-norm model, Pegasus for a pre-norm one), ctranslate2, or "
        "onnx, the default (an encoder and one cached step of the decoder), or browser (16-bit weights, as the book's "
        "page reads them)",
    )


def run(options: argparse.Namespace) -> int:
    """Export, and say how far the copy's numbers are from ours."""
    from translator.export.formats import export
    from translator.runs.folder import Run

    difference = export(Run(options.model), options.folder, options.format)
    kind = "log-probabilities" if options.format == "ctranslate2" else "logits"
    print(f"{options.folder}: {options.format}, {kind} equal ours within {difference:.0e}", file=sys.stderr)
    return 0
