"""The decoder, one token at a time: what greedy and beam search share."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from translator.packing import PackedMask, Packing
from translator.transformer import Transformer, causal_mask
from translator.vocabulary import BOS, PAD


class Prefixes:
    """Unfinished translations, a row each, of a batch of sources.

    With `cached`, keys and values of earlier positions are kept, and a step costs one position; without, or where the
    model has a part that cannot cache, every step computes the whole prefix again. Both give the same numbers.

    Args:
        model: in evaluation mode.
        sources: token ids of each sentence, with EOS. At the start there is one row a sentence, holding BOS.
        cached: use the caches if the model can.
    """

    def __init__(self, model: Transformer, sources: Sequence[Sequence[int]], cached: bool = True) -> None:
        self.model, device = model, model.device
        packing = Packing([len(source) for source in sources], device=device)
        ids = torch.tensor([i for source in sources for i in source], device=device)
        self.memory = packing.unpack(model.encode(ids, PackedMask(packing, packing)))  # (rows, Ls, d_model)
        self.real = packing.groups[0].real  # (rows, 1, Ls), None if nothing is padded
        self.sentence = torch.arange(len(sources), device=device)  # (rows,) whose translation each row is
        self.tokens = torch.full((len(sources), 1), BOS, device=device)  # (rows, length)
        self.cache = model.decoder.new_cache() if cached and getattr(model.decoder, "caches", False) else None

    def scores(self) -> Tensor:
        """(rows, V): logits of each row's next token. PAD and BOS, which never follow, get minus infinity."""
        if self.cache is None:
            hidden = self.model.decode(self.tokens, self.memory, causal_mask(self.tokens), self.real)
        else:
            hidden = self.model.decode(self.tokens[:, -1:], self.memory, None, self.real, self.cache)
        logits = self.model.output(hidden[:, -1])
        logits[:, [PAD, BOS]] = -torch.inf
        return logits

    def extend(self, tokens: Tensor, rows: Tensor | None = None) -> None:
        """Append a token to each of `rows`, and keep those only; by default to all."""
        if rows is not None:
            self.keep(rows)
        self.tokens = torch.cat([self.tokens, tokens[:, None]], dim=1)

    def keep(self, rows: Tensor) -> None:
        """Only these rows, in this order; a row may come twice."""
        self.tokens = self.tokens[rows]
        sentence = self.sentence[rows]
        # Rows that trade places within a sentence share its memory: nothing of the source has to move.
        moved = not torch.equal(sentence, self.sentence)
        self.sentence = sentence
        for layer in self.cache or ():
            layer.own.select(rows)
            if moved:
                layer.cross.select(rows)
        if moved:
            if self.cache is None:  # else every layer has its keys and values of memory, and looks at it no more
                self.memory = self.memory[rows]
            self.real = None if self.real is None else self.real[rows]
