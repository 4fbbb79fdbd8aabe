"""The decoder: section 3.1 and the right half of figure 1 of Vaswani et al. 2017."""

from __future__ import annotations

from torch import Tensor, nn

from translator.model.config import TransformerConfig
from translator.model.custom_parts import Parts
from translator.model.encoder import feed_forward, multi_head
from translator.model.packing import Mask
from translator.model.residual import Residual, last_norm


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

    def forward(self, x: Tensor, memory: Tensor, mask: Mask = None, memory_mask: Mask = None) -> Tensor:
        """x (B, Lt, d_model), memory (B, Ls, d_model) -> (B, Lt, d_model); packed: (Nt, d_model), (Ns, d_model).

        Args:
            mask: broadcastable to (B, Lt, Lt); causal, so that a position never sees what it must predict.
            memory_mask: broadcastable to (B, Lt, Ls); False at the source's padding.
        """
        x = self.residuals[0](x, lambda h: self.self_attention(h, h, h, mask))
        x = self.residuals[1](x, lambda h: self.cross_attention(h, memory, memory, memory_mask))
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

    def forward(self, x: Tensor, memory: Tensor, mask: Mask = None, memory_mask: Mask = None) -> Tensor:
        """x (B, Lt, d_model), memory (B, Ls, d_model), masks as in `DecoderLayer` -> (B, Lt, d_model)."""
        for layer in self.layers:
            x = layer(x, memory, mask, memory_mask)
        return self.norm(x)
