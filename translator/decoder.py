"""The decoder: section 3.1 and the right half of figure 1 of Vaswani et al. 2017."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor, nn

from translator.config import TransformerConfig
from translator.encoder import feed_forward, multi_head
from translator.multi_head import KeyValueCache
from translator.packing import Mask
from translator.parts import Parts
from translator.residual import Residual, last_norm


class LayerCache(NamedTuple):
    """The two caches of a decoder layer."""

    own: KeyValueCache
    cross: KeyValueCache


class DecoderLayer(nn.Module):
    """Masked self-attention, attention over memory, feed-forward, each inside a residual connection."""

    packs = True

    def __init__(self, config: TransformerConfig, parts: Parts | None = None) -> None:
        super().__init__()
        parts = parts or Parts()
        self.self_attention = multi_head(config, parts, rotary=True)
        self.cross_attention = multi_head(config, parts, rotary=False)
        self.feed_forward = feed_forward(config, parts)
        self.residuals = nn.ModuleList(Residual(config) for _ in range(3))

    @property
    def caches(self) -> bool:
        """Whether both attentions can keep keys and values between steps."""
        return all(getattr(part, "packs", False) for part in (self.self_attention, self.cross_attention))

    def forward(
        self, x: Tensor, memory: Tensor, mask: Mask = None, memory_mask: Mask = None, cache: LayerCache | None = None
    ) -> Tensor:
        """x (B, Lt, d_model), memory (B, Ls, d_model) -> (B, Lt, d_model); packed: (Nt, d_model), (Ns, d_model).

        Args:
            mask: broadcastable to (B, Lt, Lt); causal, so that a position never sees what it must predict.
            memory_mask: broadcastable to (B, Lt, Ls); False at the source's padding.
            cache: of earlier positions; x then holds the new ones only.
        """
        own, cross = ({}, {}) if cache is None else ({"cache": cache.own}, {"cache": cache.cross})
        x = self.residuals[0](x, lambda h: self.self_attention(h, h, h, mask, **own))
        x = self.residuals[1](x, lambda h: self.cross_attention(h, memory, memory, memory_mask, **cross))
        return self.residuals[2](x, self.feed_forward)


class Decoder(nn.Module):
    """A stack of N decoder layers."""

    packs = True

    def __init__(self, config: TransformerConfig, parts: Parts | None = None) -> None:
        super().__init__()
        parts = parts or Parts()
        self.layers = nn.ModuleList(
            parts.build("decoder_layer", config, lambda: DecoderLayer(config, parts))
            for _ in range(config.decoder_layers)
        )
        self.norm = last_norm(config)

    @property
    def caches(self) -> bool:
        """Whether every layer can decode step by step from caches."""
        return all(getattr(layer, "caches", False) for layer in self.layers)

    def new_cache(self) -> list[LayerCache]:
        """Empty caches, one pair a layer."""
        return [LayerCache(KeyValueCache(grows=True), KeyValueCache(grows=False)) for _ in self.layers]

    def forward(
        self,
        x: Tensor,
        memory: Tensor,
        mask: Mask = None,
        memory_mask: Mask = None,
        cache: list[LayerCache] | None = None,
    ) -> Tensor:
        """x (B, Lt, d_model), memory (B, Ls, d_model), masks as in `DecoderLayer` -> (B, Lt, d_model)."""
        for i, layer in enumerate(self.layers):
            x = layer(x, memory, mask, memory_mask) if cache is None else layer(x, memory, mask, memory_mask, cache[i])
        return self.norm(x)
