"""The whole model: figure 1 of Vaswani et al. 2017."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from translator.model.config import TransformerConfig
from translator.model.custom_parts import Parts
from translator.model.decoder import Decoder
from translator.model.dropout import Dropout
from translator.model.encoder import Encoder
from translator.model.initialisation import initialise, normal
from translator.model.packing import Mask, PackedMask, Packing
from translator.model.positions import LearnedPositions, SinusoidalPositions
from translator.model.vocabulary import PAD


class Embedding(nn.Module):
    """Token ids to vectors: a row of the matrix times sqrt(d_model), plus the position's vector (section 3.4, 3.5)."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(config.vocabulary, config.d_model) * config.d_model**-0.5)
        kinds = {"sinusoidal": SinusoidalPositions, "learned": LearnedPositions}
        kind = kinds.get(config.positions)  # rotary positions act inside attention
        self.positions = kind(config.d_model, config.max_length) if kind else None
        self.dropout = Dropout(config.dropout)
        self.max_length = config.max_length

    def forward(self, ids: Tensor, positions: Tensor) -> Tensor:
        """ids (...) and positions broadcastable to it -> (..., d_model)."""
        x = nn.functional.embedding(ids, self.weight) * math.sqrt(self.weight.size(1))
        return self.dropout(x if self.positions is None else x + self.positions(positions))

    def check(self, length: int) -> None:
        """Refuse a sentence of more tokens than there are positions."""
        if length > self.max_length:
            raise ValueError(
                f"a sentence of {length} tokens; this model takes at most {self.max_length}. Split the sentence, or "
                "train with a larger max_length."
            )


class Transformer(nn.Module):
    """Encoder, decoder, embeddings and output layer.

    Args:
        config: the sizes and options.
        parts: the caller's own parts, in place of ours (see `translator.model.custom_parts`).
    """

    def __init__(self, config: TransformerConfig, parts: Parts | None = None) -> None:
        super().__init__()
        parts = parts or Parts()
        self.config = config
        self.source_embedding = Embedding(config)
        self.target_embedding = self.source_embedding if config.tie else Embedding(config)
        self.encoder = parts.build("encoder", config, lambda: Encoder(config, parts))
        self.decoder = parts.build("decoder", config, lambda: Decoder(config, parts))
        self.output = nn.Linear(config.d_model, config.vocabulary, bias=False)
        if config.tie:
            self.output.weight = self.target_embedding.weight  # three-way: source, target, output (section 3.4)
        else:
            normal(self.output)
        initialise(self.encoder, 2 * config.encoder_layers, config.norm == "pre")
        initialise(self.decoder, 3 * config.decoder_layers, config.norm == "pre")

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Logits (B, Lt, V) of the token after each position of target (B, Lt), given source (B, Ls).

        Padding, `PAD` behind each sentence, is never attended to; logits at padding mean nothing.
        """
        real = (source != PAD).unsqueeze(1)  # (B, 1, Ls)
        return self.output(self.decode(target, self.encode(source, real), causal_mask(target), real))

    def hidden(self, source: Tensor, target: Tensor, sources: Packing, targets: Packing) -> Tensor:
        """The decoder's output at real positions only: source (Ns,), target (Nt,) packed -> (Nt, d_model)."""
        memory = self.encode(source, PackedMask(sources, sources))
        return self.decode(target, memory, PackedMask(targets, targets, causal=True), PackedMask(targets, sources))

    def encode(self, source: Tensor, mask: Mask) -> Tensor:
        """source (B, Ls), mask broadcastable to (B, Ls, Ls) -> memory (B, Ls, d_model); or all of it packed."""
        return self.encoder(self.source_embedding(source, self._positions(source, mask)), mask)

    def decode(self, target: Tensor, memory: Tensor, mask: Mask, memory_mask: Mask) -> Tensor:
        """target (B, Lt), memory (B, Ls, d_model) -> (B, Lt, d_model), before the output layer; or all of it packed."""
        return self.decoder(self.target_embedding(target, self._positions(target, mask)), memory, mask, memory_mask)

    def _positions(self, ids: Tensor, mask: Mask) -> Tensor:
        if isinstance(mask, PackedMask):
            self.source_embedding.check(mask.queries.length)
            return mask.queries.positions
        self.source_embedding.check(ids.size(-1))
        return torch.arange(ids.size(-1), device=ids.device)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.output.weight.device


def causal_mask(target: Tensor) -> Tensor:
    """(Lt, Lt) for target (..., Lt): position i may attend to positions 0 to i (section 3.2.3)."""
    length = target.size(-1)
    return torch.ones(length, length, dtype=torch.bool, device=target.device).tril()
