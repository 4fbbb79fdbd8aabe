"""The encoder: section 3.1 and the left half of figure 1 of Vaswani et al. 2017."""

from __future__ import annotations

from torch import Tensor, nn

from translator.model.attention import attention
from translator.model.config import TransformerConfig
from translator.model.custom_parts import Parts
from translator.model.feed_forward import FeedForward
from translator.model.multi_head import MultiHeadAttention
from translator.model.packing import Mask
from translator.model.positions import RotaryPositions
from translator.model.residual import Residual, last_norm


def multi_head(config: TransformerConfig, parts: Parts, rotary: bool) -> nn.Module:
    """The multi-head attention of a layer: ours with the caller's attention function, or the caller's own."""

    def own() -> nn.Module:
        turn = RotaryPositions(config.d_k, config.max_length) if rotary and config.positions == "rotary" else None
        return MultiHeadAttention(
            config.d_model, config.heads, config.attention_dropout, parts.attention or attention, turn
        )

    return parts.build("multi_head", config, own)


def feed_forward(config: TransformerConfig, parts: Parts) -> nn.Module:
    """The position-wise network of a layer: ours, or the caller's own."""
    return parts.build("feed_forward", config, lambda: FeedForward(config.d_model, config.d_ff))


class EncoderLayer(nn.Module):
    """Self-attention, then the feed-forward network, each inside a residual connection."""

    packs = True

    def __init__(self, config: TransformerConfig, parts: Parts | None = None) -> None:
        super().__init__()
        parts = parts or Parts()
        self.self_attention = multi_head(config, parts, rotary=True)
        self.feed_forward = feed_forward(config, parts)
        self.residuals = nn.ModuleList(Residual(config) for _ in range(2))

    def forward(self, x: Tensor, mask: Mask = None) -> Tensor:
        """x (B, L, d_model), mask broadcastable to (B, L, L) -> (B, L, d_model); packed: (N, d_model), PackedMask."""
        x = self.residuals[0](x, lambda h: self.self_attention(h, h, h, mask))
        return self.residuals[1](x, self.feed_forward)


class Encoder(nn.Module):
    """A stack of N encoder layers: embedded source in, memory out."""

    packs = True

    def __init__(self, config: TransformerConfig, parts: Parts | None = None) -> None:
        super().__init__()
        parts = parts or Parts()
        self.layers = nn.ModuleList(
            parts.build("encoder_layer", config, lambda: EncoderLayer(config, parts))
            for _ in range(config.encoder_layers)
        )
        self.norm = last_norm(config)

    def forward(self, x: Tensor, mask: Mask = None) -> Tensor:
        """x (B, Ls, d_model), mask as in `EncoderLayer` -> memory (B, Ls, d_model)."""
        for layer in self.layers:
            x = layer(x, mask)
        return self.norm(x)
