"""Sentence pairs to learn from: the built-in pocket corpus, a published one, or a folder of the user's own text.

A folder holds one plain text file for each split and language, a sentence a line: `train.en`, `train.de`, `valid.en`,
`valid.de`, `test.en`, ... Every split other than `train` and `valid` is a test.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from translator.data.published import PUBLISHED, TERMS
from translator.errors import CorpusError


@dataclass(frozen=True)
class Corpus:
    """Pairs (source text, target text) by split; `train` is always there."""

    name: str
    source: str
    target: str
    splits: dict[str, list[tuple[str, str]]]
    terms: str = ""  # under which the text may be used; to be shown to the user

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


def load(name: str, pair: str, seed: int = 0) -> Corpus:
    """The corpus `name` ("pocket", "multi30k", "tatoeba", or a folder) for `pair`, for example "en-de".

    Args:
        seed: which of its possible splits; a folder is split by its files.

    Raises:
        CorpusError: with what to do.
    """
    source, _, target = pair.partition("-")
    if not target or source == target:
        raise CorpusError(f"pair {pair!r}; expected two languages such as en-de.")
    if name in PUBLISHED:
        return Corpus(name, source, target, PUBLISHED[name](source, target), TERMS[name])
    splits = _pocket(source, target, seed) if name == "pocket" else _folder(name, source, target)
    if not splits.get("train"):
        raise CorpusError(f"{name}: no training pairs. Put sentences into train.{source} and train.{target}.")
    return Corpus(name, source, target, splits)


def _pocket(source: str, target: str, seed: int) -> dict[str, list[tuple[str, str]]]:
    from translator.data import pocket  # builds word tables on import: only where it is wanted

    try:
        splits = pocket.split(seed, source, target)
    except ValueError as error:
        raise CorpusError(str(error)) from None
    return {name: [(pair.source, pair.target) for pair in pairs] for name, pairs in splits.items()}


def _folder(name: str, source: str, target: str) -> dict[str, list[tuple[str, str]]]:
    folder = Path(name)
    if not folder.is_dir():
        raise CorpusError(
            f"unknown corpus {name!r}; expected pocket, {', '.join(PUBLISHED)}, or a folder that holds train.{source} "
            f"and train.{target}, one sentence a line."
        )
    if not (folder / f"train.{source}").is_file() or not (folder / f"train.{target}").is_file():
        raise CorpusError(f"{folder}: expected the files train.{source} and train.{target}, one sentence a line.")
    names = sorted(path.stem for path in folder.glob(f"*.{source}"))
    return {split: _read(folder, split, source, target) for split in sorted(names, key=_order)}


def _order(split: str) -> tuple[int, str]:
    return (("train", "valid").index(split) if split in ("train", "valid") else 2, split)


def _read(folder: Path, split: str, source: str, target: str) -> list[tuple[str, str]]:
    sides = []
    for language in (source, target):
        path = folder / f"{split}.{language}"
        try:
            sides.append([line.strip() for line in path.read_text(encoding="utf-8").split("\n")])
        except FileNotFoundError:
            raise CorpusError(f"{path} is missing; every split needs both languages.") from None
        except UnicodeDecodeError as error:
            raise CorpusError(f"{path} is not UTF-8 (byte {error.start}). Convert the file.") from None
        if sides[-1][-1] == "":
            sides[-1].pop()
    if len(sides[0]) != len(sides[1]):
        counts = f"{len(sides[0])} and {len(sides[1])}"
        raise CorpusError(f"{folder}/{split}: {counts} lines in {source} and {target}; line i must translate line i.")
    for number, pair in enumerate(zip(*sides, strict=True), 1):
        if not all(pair):
            raise CorpusError(f"{folder}/{split}: line {number} is empty in one language. Remove it from both files.")
    return list(zip(*sides, strict=True))
