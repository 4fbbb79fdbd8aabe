"""Sentence pairs to learn from: the built-in pocket corpus, a published one, or a folder of the user's own text.

A folder holds for each split either one plain text file for each language, a sentence a line (`train.en`, `train.de`,
`valid.en`, `valid.de`, `test.en`, ...), or one table (`train.tsv`, ...) without a header: the source language of the
pair in the first column, the target language in the second, a tab between. A single file SPLIT.tsv is that split alone.
Every split other than `train` and `valid` is a test. Text is UTF-8; a pair that is empty on either side is left out.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from translator.data.published import PUBLISHED, TERMS, Pairs
from translator.data.text import read_lines
from translator.errors import CorpusError

#: Of the corpora that are no files of the user's.
NAMES = ("pocket", *PUBLISHED)


@dataclass(frozen=True)
class Corpus:
    """Pairs (source text, target text) by split."""

    name: str
    source: str
    target: str
    splits: dict[str, Pairs]
    terms: str = ""  # under which the text may be used; to be shown to the user
    dropped: dict[str, int] = field(default_factory=dict)  # by split, pairs that were left out: empty on a side

    @property
    def remarks(self) -> list[str]:
        """What the user is to be told, a line each."""
        left_out = [f"{self.name}, {split}: {n} empty pairs left out" for split, n in self.dropped.items()]
        return [*([self.terms] if self.terms else []), *left_out]

    @property
    def tests(self) -> list[str]:
        """The splits to evaluate on."""
        return [split for split in self.splits if split not in ("train", "valid")]

    @property
    def checksum(self) -> str:
        """sha256 over all splits: two runs with the same one saw the same text."""
        digest = hashlib.sha256()
        for split, pairs in self.splits.items():
            for source, target in pairs:
                digest.update(f"{split}\t{source}\t{target}\n".encode())
        return digest.hexdigest()


def load(name: str, pair: str, seed: int = 0, training: bool = True) -> Corpus:
    """The corpus `name` ("pocket", "multi30k", "tatoeba", or a folder) for `pair`, for example "en-de".

    Args:
        seed: which of its possible splits; a folder is split by its files.
        training: whether there must be pairs to train on; without, a test will do.

    Raises:
        CorpusError: with what to do.
    """
    source, _, target = pair.partition("-")
    if not target or source == target:
        raise CorpusError(f"pair {pair!r}; expected two languages such as en-de.")
    if name in PUBLISHED:
        return Corpus(name, source, target, PUBLISHED[name](source, target), TERMS[name])
    if name == "pocket":
        return Corpus(name, source, target, _pocket(source, target, seed))
    found = _own(name, source, target)
    splits = {split: [one for one in pairs if all(one)] for split, pairs in found.items()}
    dropped = {split: len(found[split]) - len(pairs) for split, pairs in splits.items()}
    if training and not splits.get("train"):
        raise CorpusError(
            f"{name}: no training pairs; expected the files train.{source} and train.{target}, one sentence a line, or "
            "train.tsv."
        )
    return Corpus(name, source, target, splits, dropped={split: n for split, n in dropped.items() if n})


def _pocket(source: str, target: str, seed: int) -> dict[str, Pairs]:
    from translator.data import pocket  # builds word tables on import: only where it is wanted

    try:
        splits = pocket.split(seed, source, target)
    except ValueError as error:
        raise CorpusError(str(error)) from None
    return {name: [(pair.source, pair.target) for pair in pairs] for name, pairs in splits.items()}


def _own(name: str, source: str, target: str) -> dict[str, Pairs]:
    """The splits of a folder, or of one TSV file: incomplete pairs and all."""
    place = Path(name)
    if place.suffix == ".tsv" and place.is_file():
        return {place.stem: _columns(place)}
    if not place.is_dir():
        raise CorpusError(
            f"unknown corpus {name!r}; expected pocket, {', '.join(PUBLISHED)}, or a folder that holds train.{source} "
            f"and train.{target}, one sentence a line, or train.tsv, {source} and {target} parted by a tab."
        )
    paths = sorted(path for path in place.iterdir() if path.suffix in (f".{source}", f".{target}", ".tsv"))
    splits = {path.stem for path in paths if path.is_file()}
    return {split: _split(place, split, source, target) for split in sorted(splits, key=_order)}


def _order(split: str) -> tuple[int, str]:
    return (("train", "valid").index(split) if split in ("train", "valid") else 2, split)


def _split(folder: Path, split: str, source: str, target: str) -> Pairs:
    table, *paths = (folder / f"{split}.{ending}" for ending in ("tsv", source, target))
    there = [path for path in paths if path.is_file()]
    if table.is_file():
        if there:
            raise CorpusError(f"{folder} holds both {table.name} and {there[0].name}. Remove one of them.")
        return _columns(table)
    for path in paths:
        if path not in there:
            raise CorpusError(f"{path} is missing; every split needs both languages.")
    sides = [[line.strip() for line in read_lines(path)] for path in paths]
    if len(sides[0]) != len(sides[1]):
        counts = f"{len(sides[0])} and {len(sides[1])}"
        raise CorpusError(f"{folder}/{split}: {counts} lines in {source} and {target}; line i must translate line i.")
    return list(zip(*sides, strict=True))


def _columns(path: Path) -> Pairs:
    """The pairs of a TSV file: no header, no quotes; the first column is the source, the second the target."""
    pairs = []
    for number, line in enumerate(read_lines(path), 1):
        columns = [column.strip() for column in line.split("\t")] if line.strip() else ["", ""]
        if len(columns) != 2:
            raise CorpusError(f"{path}: line {number} has {len(columns)} columns; expected 2, source and target.")
        pairs.append((columns[0], columns[1]))
    return pairs
