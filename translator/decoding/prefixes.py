"""Unfinished translations of a batch of sentences: what greedy and beam search share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor
from torch.nn.functional import linear

from translator.decoding.cache import CachedCrossAttention, CachedDecoder
from translator.model.decoder import Decoder
from translator.model.multi_head import MultiHeadAttention
from translator.model.packing import PackedMask, Packing
from translator.model.transformer import Transformer, causal_mask
from translator.model.vocabulary import BOS, PAD


class Sources:
    """Encoded sentences, from which translations can start more than once.

    Args:
        model: in evaluation mode.
        ids: token ids of each sentence, with EOS.
        cached: keep keys and values from step to step if the model can. Without, or where the model has a part that
            cannot, every step computes the whole prefix again. Both give the same numbers.
    """

    def __init__(self, model: Transformer, ids: Sequence[Sequence[int]], cached: bool = True) -> None:
        self.model, device = model, model.device
        # In order of length, sentences of equal length make groups that need neither padding nor masks. On a GPU a
        # launch costs more than padding, and all are one group.
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        lengths = [len(ids[i]) for i in order]
        cuts = [i for i in range(1, len(ids)) if lengths[i] != lengths[i - 1]] if device.type == "cpu" else None
        packing = Packing(lengths, cuts, device)
        packed = torch.tensor([token for i in order for token in ids[i]], device=device)
        places = torch.tensor(order, device=device).argsort()
        self.memory = packing.unpack(model.encode(packed, PackedMask(packing, packing)))[places]
        size = torch.tensor([len(sentence) for sentence in ids], device=device)
        self.real = torch.arange(packing.length, device=device) < size[:, None, None]  # (sentences, 1, Ls)
        #: A decoder that can cache, with its layers' attention over memory.
        self.cached: tuple[Decoder, list[CachedCrossAttention]] | None = None
        if cached and CachedDecoder.possible(decoder := model.decoder):
            layers = [cast(MultiHeadAttention, layer.cross_attention) for layer in decoder.layers]
            self.cached = decoder, [CachedCrossAttention(layer, self.memory, self.real) for layer in layers]
        #: (V,) added to logits: PAD and BOS never follow.
        self.allowed = self.memory.new_zeros(model.config.vocabulary)
        self.allowed[[PAD, BOS]] = -torch.inf


class Prefixes:
    """Unfinished translations, a row each. At the start there is one row a sentence, holding BOS.

    Args:
        sources: what is translated.
        sentences: which of them, by number.
    """

    def __init__(self, sources: Sources, sentences: Tensor) -> None:
        self.sources, self.model = sources, sources.model
        self.sentence = sentences  # (rows,) whose translation each row is
        self.tokens = torch.full((len(sentences), 1), BOS, device=sentences.device)  # (rows, length)
        self.decoder = None if sources.cached is None else CachedDecoder(*sources.cached, sentences)

    def scores(self) -> Tensor:
        """(rows, V): logits of each row's next token. PAD and BOS, which never follow, get minus infinity."""
        if self.decoder is None:
            memory, real = self.sources.memory[self.sentence], self.sources.real[self.sentence]
            hidden = self.model.decode(self.tokens, memory, causal_mask(self.tokens), real)[:, -1]
        else:
            embedding, position = self.model.target_embedding, self.tokens.size(1) - 1
            embedding.check(position + 1)
            hidden = self.decoder.step(embedding(self.tokens[:, -1], torch.full_like(self.tokens[0, 0], position)))
        return linear(hidden, self.model.output.weight, self.sources.allowed)

    def extend(self, tokens: Tensor, rows: Tensor | None = None) -> None:
        """Append a token to each of `rows`, and keep those only; by default to all."""
        if rows is not None:
            self.keep(rows)
        self.tokens = torch.cat([self.tokens, tokens[:, None]], dim=1)

    def keep(self, rows: Tensor) -> None:
        """Only these rows, in this order; a row may come twice."""
        self.tokens, sentence = self.tokens[rows], self.sentence[rows]
        if self.decoder is not None:
            # Rows that trade places within a sentence share its memory: nothing of the source has to move.
            self.decoder.select(rows, moved=not torch.equal(sentence, self.sentence))
        self.sentence = sentence
