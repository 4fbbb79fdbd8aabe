"""Residual connection, dropout and layer normalization around a sub-layer: section 3.1 of Vaswani et al. 2017."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from translator.model.config import TransformerConfig
from translator.model.dropout import Dropout


class Residual(nn.Module):
    """x + Sublayer(x), with layer normalization in one of two places.

    Post-norm, the paper's: LayerNorm(x + Dropout(Sublayer(x))). Every layer rescales the sum, so the gradient of deep
    layers depends on all normalizations above; it wants a long warm-up.
    Pre-norm: x + Dropout(Sublayer(LayerNorm(x))). The sum itself runs through the whole stack untouched, and one last
    LayerNorm closes the stack (Xiong et al. 2020).
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(config.d_model)
        self.dropout = Dropout(config.dropout)
        self.pre = config.norm == "pre"

    def forward(self, x: Tensor, sublayer: Callable[[Tensor], Tensor]) -> Tensor:
        """x (..., d_model), sublayer from and to that shape -> (..., d_model)."""
        if self.pre:
            return x + self.dropout(sublayer(self.norm(x)))
        return self.norm(x + self.dropout(sublayer(x)))


def last_norm(config: TransformerConfig) -> nn.Module:
    """What closes a stack: a LayerNorm for pre-norm layers, nothing for post-norm ones, which end in one."""
    return nn.LayerNorm(config.d_model) if config.norm == "pre" else nn.Identity()
