"""The decoder, one position of each translation at a time, with keys and values of all others kept."""

from __future__ import annotations

from copy import copy

from torch import Tensor, nn
from torch.nn.functional import layer_norm

from translator.decoder import Decoder, DecoderLayer
from translator.decoding.cached_attention import CachedCrossAttention, CachedSelfAttention
from translator.multi_head import MultiHeadAttention


class CachedDecoder:
    """What `Decoder` computes for the newest position of each row.

    Args:
        decoder: one for which `possible` holds.
        memory: of each layer, the attention over memory.
        rows: which rows of memory the translations look at, one each.
    """

    def __init__(self, decoder: Decoder, memory: list[CachedCrossAttention], rows: Tensor) -> None:
        self.norm = decoder.norm
        self.memory = [copy(layer) for layer in memory]
        self.own = [CachedSelfAttention(layer.self_attention, len(rows)) for layer in decoder.layers]
        #: Sub-layers in order, each with its normalization and whether that comes before it.
        self.parts = [
            (residual.pre, residual.norm.normalized_shape, residual.norm.weight, residual.norm.bias, sublayer)
            for layer, own, cross in zip(decoder.layers, self.own, self.memory, strict=True)
            for residual, sublayer in zip(layer.residuals, (own, cross, layer.feed_forward), strict=True)
        ]
        for attention in self.memory:
            attention.select(rows)

    @staticmethod
    def possible(decoder: nn.Module) -> bool:
        """Whether all layers are the package's own; attention functions and feed-forward networks need not be."""
        return type(decoder) is Decoder and all(
            type(layer) is DecoderLayer
            and type(layer.self_attention) is type(layer.cross_attention) is MultiHeadAttention
            for layer in decoder.layers
        )

    def select(self, rows: Tensor, moved: bool) -> None:
        """Keep these rows, in this order; not `moved` if each takes the place of a row with the same memory."""
        for attention in [*self.own, *(self.memory if moved else [])]:
            attention.select(rows)

    def step(self, x: Tensor) -> Tensor:
        """x (rows, d_model), the newest tokens embedded -> (rows, d_model), as the decoder's last position."""
        for pre, shape, weight, bias, sublayer in self.parts:
            if pre:
                x = x + sublayer(layer_norm(x, shape, weight, bias))
            else:
                x = layer_norm(x + sublayer(x), shape, weight, bias)
        return self.norm(x)
