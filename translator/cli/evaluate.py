"""Score a trained model on the test splits of its corpus; prints JSON."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from translator.errors import CorpusError, InputError

if TYPE_CHECKING:
    from translator.data.corpora import Corpus
    from translator.loading import Translator
    from translator.runs.folder import Run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No torch is needed to show them."""
    add = parser.add_argument
    add("model", type=Path, metavar="RUN", help="folder of the run")
    add("--split", action="append", help="only this split; may be given several times (default: all tests)")
    add(
        "--corpus",
        help="another corpus in the same pair, or the new place of the old one: a name or a folder, of which a test "
        "split is enough (default: the one it was trained on)",
    )
    add("--beam", type=int, default=1, metavar="WIDTH", help="prefixes kept at every step; 1 is greedy (default: 1)")
    add(
        "--alpha",
        type=float,
        default=0.6,
        help="exponent of the length penalty of a beam; 0 is none, more favours longer translations (default: 0.6)",
    )
    add("--limit", type=int, metavar="N", help="only the first N pairs of each split (default: all)")
    add("--moses", action="store_true", help="also BLEU on lower-cased Moses tokens, for old papers (default: no)")
    add("--device", default="auto", help="auto (a GPU if there is one), cpu, cuda (default: auto)")
    add(
        "--save",
        type=Path,
        metavar="FILE",
        help="write the translations, one a line; of several splits each to a file of its own, with the split in its "
        "name: FILE.txt makes FILE.SPLIT.txt (default: they are not kept)",
    )
    add(
        "--receipt",
        type=Path,
        metavar="FILE",
        help="also write how the model was trained and what it scored (default: no)",
    )


def run(options: argparse.Namespace) -> int:
    """Print the scores by split. Whatever can be refused is refused before the first sentence is translated."""
    from translator.decoding.batch import check_options
    from translator.files import require_writable
    from translator.loading import Translator
    from translator.runs.folder import Run

    check_options(options.beam, options.alpha)
    if options.limit is not None and options.limit < 1:
        raise InputError(f"--limit {options.limit}; expected at least 1.")
    folder = Run(options.model)
    corpus = _corpus(folder, options.corpus)
    for remark in corpus.remarks:
        print(remark, file=sys.stderr)
    wanted = _splits(corpus, options.split)
    saved = _saved(options.save, wanted)
    for path in [*saved.values(), *([options.receipt] if options.receipt else [])]:
        require_writable(path)
    if options.receipt and not folder.model_path.is_file():
        raise InputError(f"{options.model} is not trained to its end: finish it first, with --resume.")
    translator = Translator.load(options.model, options.device)
    scores = {split: _score(translator, corpus, split, options, saved.get(split)) for split in wanted}
    pair = f"{corpus.source}-{corpus.target}"
    print(json.dumps({"corpus": corpus.name, "pair": pair, "splits": scores}, indent=2))
    if options.receipt:
        from translator.runs.receipts import write_receipt

        command = ["python", "-m", "translator", *sys.argv[1:]]
        write_receipt(options.receipt, folder, corpus, scores, command, translator.model.device)
    return 0


def _corpus(folder: Run, asked: str | None) -> Corpus:
    """What to evaluate on: in the pair of the run."""
    from translator.data import corpora

    known = folder.facts()["corpus"]
    try:
        return corpora.load(asked or known["name"], known["pair"], training=False)
    except CorpusError as error:
        hint = " If the run's corpus was moved, name its new place with --corpus."
        if asked or known["name"] in corpora.NAMES or Path(known["name"]).exists():
            raise
        raise CorpusError(f"{error}{hint}") from None


def _splits(corpus: Corpus, asked: list[str] | None) -> list[str]:
    """Names of the splits to score, each of which has pairs."""
    wanted = list(dict.fromkeys(asked or corpus.tests))
    if not wanted:
        raise CorpusError(
            f"{corpus.name} has no test split: add files such as test.{corpus.source} and test.{corpus.target}."
        )
    for split in wanted:
        if split not in corpus.splits:
            raise CorpusError(f"{corpus.name} has no split {split!r}; expected one of {', '.join(corpus.splits)}.")
        if not corpus.splits[split]:
            raise CorpusError(f"{corpus.name}: split {split!r} holds no pairs.")
    return wanted


def _saved(path: Path | None, splits: list[str]) -> dict[str, Path]:
    """By split, where its translations go."""
    if path is None:
        return {}
    if len(splits) == 1:
        paths = {splits[0]: path}
    else:
        paths = {split: path.with_name(f"{path.stem}.{split}{path.suffix}") for split in splits}
    for each in paths.values():
        if each.exists() and not each.is_file():  # replacing a device by a file would do harm
            raise InputError(f"{each} cannot be written (it is no plain file). Name another file.")
    return paths


def _score(
    translator: Translator, corpus: Corpus, split: str, options: argparse.Namespace, save: Path | None
) -> dict[str, Any]:
    """The scores of one split; its translations are saved as soon as they are there."""
    from translator.data.text import one_line
    from translator.evaluation import translate_and_score
    from translator.files import write_atomically

    pairs = corpus.splits[split][: options.limit]
    scores, found = translate_and_score(
        translator.model, translator.tokenizer, pairs, corpus.target, options.beam, options.moses, options.alpha
    )
    if scores["left_blank"]:
        print(
            f"warning: {split}: {scores['left_blank']} of {len(pairs)} sources are too long for the model; their "
            "translations are left blank, and count as that.",
            file=sys.stderr,
        )
    if save:
        write_atomically(save, "".join(f"{one_line(line)}\n" for line in found).encode("utf-8", "replace"))
    return scores
