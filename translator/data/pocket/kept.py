"""The pocket corpus on the disk: drawing takes twenty seconds, reading one.

A file is named by a checksum of all that determines its sentences: the sources of this package, the seed and the sizes
of the splits. Within it, arrays (numpy's npz) after a checksum of their bytes. A file that is damaged is drawn anew.
"""

from __future__ import annotations

import gc
import hashlib
import io
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from translator.data.downloads import cache
from translator.data.pocket.records import LANGUAGES, Sentence
from translator.files import write_atomically

Splits = dict[str, tuple[Sentence, ...]]
Arrays = dict[str, NDArray[Any]]

#: Files kept at most: an editor of the grammar makes a new one with every change.
KEEP = 4
CHECKSUM = 32  # bytes of a sha256


def read_or_draw(draw: Callable[[int], Splits], seed: int, sizes: Mapping[str, int]) -> Splits:
    """What `draw(seed)` gives: read from the user's cache where it was drawn before."""
    path = cache() / "pocket" / f"{key(seed, sizes)}.npz"
    try:
        return read(path)
    except FileNotFoundError:
        print("drawing the pocket corpus (once; about 20 seconds) ...", file=sys.stderr, flush=True)
    except (OSError, ValueError, KeyError) as error:
        print(f"{path} cannot be used ({error}); drawing the pocket corpus anew ...", file=sys.stderr, flush=True)
    splits = draw(seed)
    try:
        write(path, splits)
        for old in sorted(path.parent.glob("*.npz"), key=lambda file: file.stat().st_mtime)[:-KEEP]:
            old.unlink(missing_ok=True)
    except OSError as error:
        print(f"warning: the pocket corpus cannot be kept ({error}); the next command draws it again", file=sys.stderr)
    return splits


def key(seed: int, sizes: Mapping[str, int]) -> str:
    """Checksum of all that determines the sentences."""
    digest = hashlib.sha256(f"{seed} {dict(sizes)}".encode())
    here = Path(__file__).parent
    for path in sorted(here.rglob("*.py")):
        digest.update(f"\0{path.relative_to(here).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:32]


def write(path: Path, splits: Splits) -> None:
    """Raises OSError where the file cannot be written; there is then none, or the old one."""
    packed = io.BytesIO()
    np.savez_compressed(packed, **_arrays(splits))  # type: ignore[arg-type]  # numpy's stub takes them for its options
    body = packed.getvalue()
    write_atomically(path, hashlib.sha256(body).digest() + body)


def read(path: Path) -> Splits:
    """What `write` was given. ValueError for another file, or one that was changed or cut short."""
    data = path.read_bytes()
    checksum, body = data[:CHECKSUM], data[CHECKSUM:]
    if hashlib.sha256(body).digest() != checksum:
        raise ValueError("its contents do not match its checksum")
    with np.load(io.BytesIO(body), allow_pickle=False) as arrays, _no_collection():
        return _splits(dict(arrays))


def _arrays(splits: Splits) -> Arrays:
    """Words and patterns of parts once each, and for every sentence their numbers."""
    sentences = [sentence for some in splits.values() for sentence in some]
    combinations = sorted({one for sentence in sentences for one in sentence.unseen})
    patterns = {pattern: i for i, pattern in enumerate(dict.fromkeys(p for s in sentences for p in s.parts.values()))}
    masks = {mask: i for i, mask in enumerate(dict.fromkeys(mask for pattern in patterns for mask in pattern))}
    found: Arrays = {
        "splits": np.array(list(splits)),
        "sizes": np.array([len(some) for some in splits.values()]),
        "combinations": np.array(combinations),
        "unseen": _flat([[combinations.index(one) for one in sorted(sentence.unseen)] for sentence in sentences]),
        "unseen_lengths": np.array([len(sentence.unseen) for sentence in sentences]),
        "masks": np.array([f"{mask:x}" for mask in masks]),  # wider than any integer of numpy
        "patterns": _flat([[masks[mask] for mask in pattern] for pattern in patterns]),
        "pattern_lengths": np.array([len(pattern) for pattern in patterns]),
    }
    for language in LANGUAGES:
        rows = [sentence.tokens[language] for sentence in sentences]
        words = {word: i for i, word in enumerate(dict.fromkeys(word for row in rows for word in row))}
        found[f"{language}.words"] = np.array(list(words))
        found[f"{language}.tokens"] = _flat([[words[word] for word in row] for row in rows])
        found[f"{language}.lengths"] = np.array([len(row) for row in rows])
        found[f"{language}.parts"] = np.array([patterns[sentence.parts[language]] for sentence in sentences])
    return found


def _splits(arrays: Arrays) -> Splits:
    combinations = [tuple(row) for row in arrays["combinations"].tolist()]
    masks = [int(mask, 16) for mask in arrays["masks"].tolist()]
    patterns = _rows([masks[i] for i in arrays["patterns"].tolist()], arrays["pattern_lengths"])
    tokens, parts = [], []
    for language in LANGUAGES:
        words = arrays[f"{language}.words"].tolist()
        flat = [words[i] for i in arrays[f"{language}.tokens"].tolist()]
        tokens.append(_rows(flat, arrays[f"{language}.lengths"]))
        parts.append([patterns[i] for i in arrays[f"{language}.parts"].tolist()])
    unseen = _rows([combinations[i] for i in arrays["unseen"].tolist()], arrays["unseen_lengths"])
    sentences = [
        Sentence(dict(zip(LANGUAGES, texts, strict=True)), dict(zip(LANGUAGES, masks, strict=True)), frozenset(some))
        for texts, masks, some in zip(zip(*tokens, strict=True), zip(*parts, strict=True), unseen, strict=True)
    ]
    ends = pairwise(accumulate(arrays["sizes"].tolist(), initial=0))
    return {name: tuple(sentences[a:b]) for name, (a, b) in zip(arrays["splits"].tolist(), ends, strict=True)}


def _flat(rows: Sequence[Sequence[int]]) -> NDArray[np.int32]:
    return np.array([number for row in rows for number in row], dtype=np.int32)


def _rows(flat: list[Any], lengths: NDArray[Any]) -> list[tuple[Any, ...]]:
    """The inverse of flattening: consecutive tuples of these lengths."""
    return [tuple(flat[a:b]) for a, b in pairwise(accumulate(lengths.tolist(), initial=0))]


@contextmanager
def _no_collection() -> Iterator[None]:
    """A million new tuples make Python look for garbage again and again, and there is none: twice the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
