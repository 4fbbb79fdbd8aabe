"""Batches of whole sentences with about the same number of tokens each, and no padding.

`Examples` holds a split as token ids, `batches` cuts it, `Batch` is what the model sees: the tokens of all sentences
one after the other (see `translator.model.packing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from translator.data.tokenizer import Tokenizer
from translator.model.packing import Packing
from translator.model.vocabulary import BOS, EOS, PAD

#: Target tokens in a group that attention lays out on a CPU: little padding, and small enough for its cache. On a GPU
#: a launch costs more than padding, and a batch is one group.
CPU_GROUP_TOKENS = 512


@dataclass(frozen=True)
class Batch:
    """B sentence pairs, packed. `source` (Ns,) ends each sentence with EOS; `target_input` (Nt,) begins each with BOS,
    and `target_output` (Nt,) is the same shifted by one, with EOS: what must be predicted at each position."""

    source: Tensor
    target_input: Tensor
    target_output: Tensor
    sources: Packing
    targets: Packing

    @property
    def tokens(self) -> int:
        """Target tokens to predict."""
        return self.targets.tokens

    def to(self, device: torch.device) -> Batch:
        """The same batch with its tokens elsewhere (packings are made for a device by `Examples.batch`)."""
        if device.type == "cpu":
            return self
        names = ("source", "target_input", "target_output")
        return replace(self, **{name: getattr(self, name).to(device, non_blocking=True) for name in names})

    def padded(self) -> tuple[Tensor, Tensor, Tensor]:
        """source (B, Ls), target_input (B, Lt), target_output (B, Lt), for models that want rectangles."""

        def rectangle(flat: Tensor, packing: Packing) -> Tensor:
            return pad_sequence(flat.split(packing.lengths), batch_first=True, padding_value=PAD)

        return (
            rectangle(self.source, self.sources),
            rectangle(self.target_input, self.targets),
            rectangle(self.target_output, self.targets),
        )


class Examples:
    """A split as token ids, in two flat arrays.

    Args:
        sources, targets: token ids of each sentence, without BOS and EOS.
        max_length: pairs with a longer side (its mark included) are left out and counted in `dropped`.
    """

    def __init__(
        self, sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]], max_length: int | None = None
    ) -> None:
        pairs = list(zip(sources, targets, strict=True))
        kept = [(s, t) for s, t in pairs if max_length is None or max(len(s), len(t)) < max_length]
        self.dropped = len(pairs) - len(kept)
        self._source, self._source_offsets = _flatten([[*s, EOS] for s, _ in kept])
        self._target, self._target_offsets = _flatten([[BOS, *t, EOS] for _, t in kept])
        #: (sentences, 2): source tokens and target tokens to predict.
        self.lengths = np.stack([np.diff(self._source_offsets), np.diff(self._target_offsets) - 1], axis=1)

    @classmethod
    def of(cls, pairs: Sequence[tuple[str, str]], tokenizer: Tokenizer, max_length: int | None = None) -> Examples:
        """Encode pairs of texts."""
        sources, targets = (tokenizer.encode([pair[i] for pair in pairs]) for i in range(2))
        return cls(sources, targets, max_length)

    def __len__(self) -> int:
        return len(self._source_offsets) - 1

    def batch(self, sentences: NDArray[np.int64], device: torch.device | None = None) -> Batch:
        """The sentences with these numbers, ordered by length."""
        lengths = self.lengths[sentences]
        order = np.lexsort((lengths[:, 0], lengths[:, 1]))
        sentences, lengths = sentences[order], lengths[order]
        source = np.concatenate([self._source[slice(*self._source_offsets[i : i + 2])] for i in sentences])
        targets = [self._target[slice(*self._target_offsets[i : i + 2])] for i in sentences]
        device = device or torch.device("cpu")
        groups = min(len(sentences), -(-int(lengths[:, 1].sum()) // CPU_GROUP_TOKENS)) if device.type == "cpu" else 1
        cuts = [len(sentences) * i // groups for i in range(1, groups)]
        sides = [Packing(lengths[:, side].tolist(), cuts, device) for side in range(2)]
        shifted = (np.concatenate([t[:-1] for t in targets]), np.concatenate([t[1:] for t in targets]))
        ids = [torch.from_numpy(x) for x in (source, *shifted)]
        return Batch(ids[0], ids[1], ids[2], sources=sides[0], targets=sides[1]).to(device)


def _flatten(rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    offsets = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum([len(row) for row in rows], out=offsets[1:])
    return np.fromiter((i for row in rows for i in row), dtype=np.int64, count=offsets[-1]), offsets


def batches(
    lengths: NDArray[np.int64], tokens: int, seed: Sequence[int] | None = None, pool: int = 20
) -> list[NDArray[np.int64]]:
    """Cut all sentences into batches of at most `tokens` tokens on either side (one sentence may have more).

    Args:
        lengths: (sentences, 2).
        seed: shuffle with it, for example (run's seed, epoch). None sorts by length and shuffles nothing.
        pool: batches' worth of shuffled sentences that are sorted by length together: more makes batches more alike
            inside, fewer makes them better mixed.
    """
    if seed is None:
        return _cut(np.lexsort((lengths[:, 0], lengths[:, 1])), lengths, tokens)
    draw = np.random.default_rng(list(seed))
    order = draw.permutation(len(lengths))
    reach = np.cumsum(lengths[order].max(axis=1)) // (tokens * pool)
    found: list[NDArray[np.int64]] = []
    for part in np.split(order, np.flatnonzero(np.diff(reach)) + 1):
        found += _cut(part[np.lexsort((lengths[part, 0], lengths[part, 1]))], lengths, tokens)
    return [found[i] for i in draw.permutation(len(found))]


def _cut(order: NDArray[np.int64], lengths: NDArray[np.int64], tokens: int) -> list[NDArray[np.int64]]:
    cuts: list[int] = []
    source = target = 0
    for i, (s, t) in enumerate(lengths[order].tolist()):
        source, target = source + s, target + t
        if max(source, target) > tokens and i > (cuts[-1] if cuts else 0):
            cuts.append(i)
            source, target = s, t
    return np.split(order, cuts)
