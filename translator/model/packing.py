"""Real tokens only: how sentences of different lengths run through the layers without padding.

A batch of sentences is usually a (B, L) rectangle, as long as its longest sentence; with lengths drawn at random about
half of it is padding, and every layer computes on it. Here the tokens of all sentences stand one after the other in
one *packed* tensor (N, d_model), N the number of real tokens. Layers that treat each position on its own (embedding,
feed-forward, normalization, all projections, the loss) do not notice. Attention does: it must know which tokens
belong together. For it, and for nothing else, the sentences are laid out as rectangles again, in a few groups of
neighbours, so that a batch sorted by length has little padding even there.

`PackedMask` takes the place of a boolean mask and says both things at once: who may attend to whom, and where the
tokens of each sentence are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor


@dataclass(frozen=True)
class Group:
    """Neighbouring sentences as a rectangle (batch, length); their tokens are rows start to stop of the packed tensor.

    `index` (stop - start,) is each token's place in the flattened rectangle, `real` (batch, 1, length) says which
    places hold a token; both are None where all sentences are equally long.
    """

    start: int
    stop: int
    batch: int
    length: int
    index: Tensor | None
    real: Tensor | None

    def unpack(self, packed: Tensor) -> Tensor:
        """(N, d) -> (batch, length, d), zeros at padding."""
        rows = packed[self.start : self.stop]
        if self.index is not None:
            rows = rows.new_zeros(self.batch * self.length, rows.size(-1)).index_copy(0, self.index, rows)
        return rows.view(self.batch, self.length, rows.size(-1))

    def pack(self, padded: Tensor) -> Tensor:
        """(batch, length, d) -> (stop - start, d): padding is left behind."""
        rows = padded.reshape(self.batch * self.length, padded.size(-1))
        return rows if self.index is None else rows.index_select(0, self.index)


class Packing:
    """Where the tokens of B sentences stand in a packed tensor of N tokens.

    Args:
        lengths: tokens of each sentence, B numbers of at least 1.
        cuts: sentences at which a new group begins (without 0 and B). None makes one group.
        device: where index tensors live.
    """

    def __init__(
        self, lengths: Sequence[int], cuts: Sequence[int] | None = None, device: torch.device | str = "cpu"
    ) -> None:
        if not lengths or min(lengths) < 1:
            raise ValueError("Packing: every sentence needs at least one token, and a batch at least one sentence.")
        size = torch.tensor(lengths)
        ends = size.cumsum(0)
        first = torch.repeat_interleave(ends - size, size)  # (N,) where each token's sentence begins
        positions = torch.arange(int(ends[-1])) - first
        self.lengths, self.tokens, self.length = list(lengths), int(ends[-1]), int(size.max())
        self.positions = positions.to(device)  # (N,) place of each token in its sentence
        self.last = (ends - 1).to(device)  # (B,) row of each sentence's last token
        borders = [0, *(cuts or ()), len(lengths)]
        offsets = [0, *ends.tolist()]
        self.groups = [
            self._group(size[a:b], positions[offsets[a] : offsets[b]], offsets[a], device) for a, b in pairwise(borders)
        ]

    @staticmethod
    def _group(size: Tensor, positions: Tensor, start: int, device: torch.device | str) -> Group:
        batch, length, tokens = len(size), int(size.max()), len(positions)
        if batch * length == tokens:
            return Group(start, start + tokens, batch, length, None, None)
        index = positions + torch.repeat_interleave(torch.arange(batch) * length, size)
        real = torch.arange(length) < size[:, None, None]  # (batch, 1, length)
        return Group(start, start + tokens, batch, length, index.to(device), real.to(device))

    def pack(self, padded: Tensor) -> Tensor:
        """(B, L, d) -> (N, d)."""
        return torch.cat([g.pack(rows[:, : g.length]) for g, rows in zip(self.groups, self._rows(padded), strict=True)])

    def unpack(self, packed: Tensor) -> Tensor:
        """(N, d) -> (B, L, d), zeros at padding."""
        parts = [torch.nn.functional.pad(g.unpack(packed), (0, 0, 0, self.length - g.length)) for g in self.groups]
        return torch.cat(parts)

    def _rows(self, padded: Tensor) -> tuple[Tensor, ...]:
        return padded.split([group.batch for group in self.groups])


class PackedMask:
    """Stands where a boolean mask would: queries of each sentence may attend to the keys of the same sentence.

    Args:
        queries, keys: packings of the same sentences, cut into groups at the same places.
        causal: position i sees keys 0 to i only.
    """

    def __init__(self, queries: Packing, keys: Packing, causal: bool = False) -> None:
        if [g.batch for g in queries.groups] != [g.batch for g in keys.groups]:
            raise ValueError("PackedMask: queries and keys must hold the same sentences, in the same groups.")
        self.queries, self.keys, self.causal = queries, keys, causal
        self._masks: list[Tensor | None] = [self._mask(g) for g in keys.groups]

    def _mask(self, group: Group) -> Tensor | None:
        if not self.causal:
            return group.real
        # Padding stands behind a sentence's tokens, and a causal query looks at nothing behind itself: no key mask.
        device = self.keys.positions.device
        return torch.ones(group.length, group.length, dtype=torch.bool, device=device).tril()

    def on_rectangles(
        self, function: Callable[..., Tensor], query: Tensor, *others: Tensor, masks: Sequence[PackedMask] = ()
    ) -> Tensor:
        """Call `function(query, *others, *masks)` on each group's rectangles and pack what it returns.

        query (Nq, d) holds the queries' tokens, each of `others` (Nk, d) the keys'. The masks that `function` gets are
        boolean: those of `masks` (by default this one), broadcastable to (batch, Lq, Lk), or None.
        """
        results = []
        for i, (rows, columns) in enumerate(zip(self.queries.groups, self.keys.groups, strict=True)):
            rectangles = [rows.unpack(query), *(columns.unpack(x) for x in others)]
            results.append(rows.pack(function(*rectangles, *(m._masks[i] for m in masks or (self,)))))
        return results[0] if len(results) == 1 else torch.cat(results)


Mask = Tensor | PackedMask | None
