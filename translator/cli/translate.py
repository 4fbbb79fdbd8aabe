"""Translate sentences with a trained model: from the command line, a file, or standard input, one a line."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from translator.data import text
from translator.errors import InputError

if TYPE_CHECKING:
    from translator.decoding.batch import Translation
    from translator.loading import Translator

#: Lines that are read before they are translated: enough to sort by length, few enough to answer soon.
CHUNK = 1000
EPILOG = """Line i of the output answers line i of the input, and a blank line answers a blank line. Text is UTF-8. A
line that is not, or that is too long for the model, is left blank and named on standard error, and the exit status is
then 1. With --scores each line is SCORE, tab, translation: the score is the log-probability over the length penalty.
With --n-best each hypothesis has a line of its own, best first, and the number of its input line comes before it:
NUMBER, tab, [SCORE, tab,] translation."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No torch is needed to show them."""
    parser.epilog = EPILOG
    add = parser.add_argument
    add("model", type=Path, metavar="RUN", help="folder of the run")
    add("sentences", nargs="*", metavar="SENTENCE", help="default: none, and standard input is translated line by line")
    add("--input", type=Path, metavar="FILE", help="translate the lines of this file (default: standard input)")
    add("--output", type=Path, metavar="FILE", help="write to this file (default: standard output)")
    add("--beam", type=int, default=1, metavar="WIDTH", help="prefixes kept at every step; 1 is greedy (default: 1)")
    add(
        "--alpha",
        type=float,
        default=0.6,
        help="exponent of the length penalty of a beam; 0 is none, more favours longer translations (default: 0.6)",
    )
    add("--n-best", type=int, metavar="K", help="the K best of the beam, each on a line (default: the best alone)")
    add("--scores", action="store_true", help="a column of scores before the translations (default: none)")
    add(
        "--attention",
        type=Path,
        metavar="FILE",
        help="draw what each token of the translation looked at, as png, svg or pdf; one sentence only (default: no)",
    )
    add("--device", default="auto", help="auto (a GPU if there is one), cpu, cuda (default: auto)")


def run(options: argparse.Namespace) -> int:
    """Write the translations; 1 if some lines had to be left blank."""
    from translator.decoding.batch import check_options
    from translator.loading import Translator

    n_best = 1 if options.n_best is None else options.n_best
    check_options(options.beam, options.alpha, n_best)
    _check_input(options)
    translator = Translator.load(options.model, options.device)
    what = "sentence" if options.sentences else "line"
    done = left_blank = 0
    best: Translation | None = None
    with ExitStack() as files:
        chunks = _chunks(options, files)
        sink = _sink(options, files)
        for raw in chunks:
            texts, faults = _readable(translator, raw)
            for i, fault in sorted(faults.items()):
                print(f"warning: {what} {done + i + 1} is left blank: it {fault}.", file=sys.stderr)
            found = translator.hypotheses(texts, options.beam, options.alpha, n_best)
            for i, some in enumerate(found, done + 1):
                for columns in _rows(i, some, options):
                    text.write_line(sink, *columns)
            text.flush(sink)
            done, left_blank = done + len(raw), left_blank + len(faults)
            best = found[0][0] if found[0] else None
    if options.attention and not left_blank:
        from translator.figures.cross_attention import draw

        if best is None:
            raise InputError("--attention: the sentence is blank; there is nothing to draw.")
        draw(translator.model, translator.tokenizer, texts[0], best.ids, options.attention)
    return 1 if left_blank else 0


def _check_input(options: argparse.Namespace) -> None:
    """Refuse what contradicts itself, or is likely not meant."""
    sentences: list[str] = options.sentences
    if options.attention and len(sentences) != 1:
        raise InputError(f"--attention draws one sentence; {len(sentences)} were given.")
    if sentences and options.input:
        raise InputError("sentences and --input FILE were given; expected one of them.")
    if len(sentences) == 1 and os.path.isfile(sentences[0]):  # Path.is_file raises where a sentence is long
        raise InputError(
            f"{sentences[0]} is a file. To translate its lines: --input {sentences[0]}. "
            "To translate these very words, give them on standard input."
        )


def _chunks(options: argparse.Namespace, files: ExitStack) -> Iterator[list[bytes]]:
    """The lines to translate, many at a time; those of a terminal as they are typed."""
    if options.sentences:
        return iter([[text.argument_bytes(sentence) for sentence in options.sentences]])
    source: BinaryIO
    if options.input:
        try:
            source = files.enter_context(options.input.open("rb"))
        except OSError as error:
            raise InputError(f"--input {options.input} cannot be read ({error.strerror or error}).") from None
    elif sys.stdin is None:
        raise InputError("standard input is closed. Give sentences, or --input FILE.")
    else:
        source = sys.stdin.buffer
    if options.output and _is_file(source, options.output):
        raise InputError(f"--output {options.output} is the file that is read. Write to another.")
    size = 1 if source.isatty() else CHUNK
    lines = text.raw_lines(source)
    return iter(lambda: list(islice(lines, size)), [])


def _is_file(source: BinaryIO, path: Path) -> bool:
    """Whether what is read is this file."""
    try:
        return os.path.samestat(os.fstat(source.fileno()), os.stat(path)) and path.is_file()
    except (OSError, io.UnsupportedOperation):
        return False


def _sink(options: argparse.Namespace, files: ExitStack) -> BinaryIO:
    if not options.output:
        return sys.stdout.buffer
    try:
        sink: BinaryIO = files.enter_context(options.output.open("wb"))
    except OSError as error:
        raise InputError(f"--output {options.output} cannot be written ({error.strerror or error}).") from None
    return sink


def _readable(translator: Translator, raw: Sequence[bytes]) -> tuple[list[str], dict[int, str]]:
    """The texts, blank where one cannot be translated, and by index what is wrong with those."""
    texts, faults = [""] * len(raw), {}
    for i, line in enumerate(raw):
        try:
            texts[i] = text.decoded(line)
        except ValueError as error:
            faults[i] = f"is {error}"
    faults |= translator.faults(texts)
    return ["" if i in faults else line for i, line in enumerate(texts)], faults


def _rows(number: int, found: Sequence[Translation], options: argparse.Namespace) -> Iterator[list[str]]:
    """The columns of each line of output that answers input line `number`."""
    for score, words in [(f"{one.score:.4f}", one.text) for one in found] or [("", "")]:
        yield [*([str(number)] if options.n_best else []), *([score] if options.scores else []), words]
