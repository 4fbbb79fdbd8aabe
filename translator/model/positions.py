"""Where a token stands: section 3.5 of Vaswani et al. 2017, and two other ways to say it.

Attention treats its keys as a set. `SinusoidalPositions` and `LearnedPositions` add a vector to each embedded token;
`RotaryPositions` turns queries and keys instead, so that their dot product depends on the distance alone.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def _frequencies(d: int) -> Tensor:
    """(d / 2,): 10000^(-2i/d), from one radian a position down to almost none."""
    # In float64: at position 500 a float32 frequency is already wrong in the fifth decimal place of the angle.
    return 10000.0 ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)


class SinusoidalPositions(nn.Module):
    """PE(pos, 2i) = sin(pos / 10000^(2i/d_model)), PE(pos, 2i+1) = cos(the same): section 3.5.

    Nothing is learned. A shift by k positions is one rotation of each (sin, cos) pair, whatever the position.
    """

    table: Tensor  # (max_length, d_model)

    def __init__(self, d_model: int, max_length: int) -> None:
        super().__init__()
        angles = torch.arange(max_length, dtype=torch.float64)[:, None] * _frequencies(d_model)  # (max_length, d/2)
        table = torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)[:, :d_model]  # an odd d drops one cosine
        self.register_buffer("table", table.to(torch.get_default_dtype()), persistent=False)

    def forward(self, positions: Tensor) -> Tensor:
        """positions (...) of integers -> (..., d_model)."""
        return self.table[positions]


class LearnedPositions(nn.Module):
    """One learned vector for each position: table 3, row E. It knows nothing of positions it was not trained on."""

    def __init__(self, d_model: int, max_length: int) -> None:
        super().__init__()
        # The size of an embedded token is 1 an entry; a position starts as a small change to it.
        self.table = nn.Parameter(torch.randn(max_length, d_model) * 0.1)

    def forward(self, positions: Tensor) -> Tensor:
        """positions (...) of integers -> (..., d_model)."""
        return self.table[positions]


class RotaryPositions(nn.Module):
    """Rotary position embedding (Su et al. 2021): pair i of a query or key at position p is turned by p times f_i.

    A dot product of two turned vectors depends on the difference of their positions only. Cross-attention, between
    two sentences with no common count of positions, is left alone.
    """

    cos: Tensor  # (max_length, d_k / 2), as sin
    sin: Tensor

    def __init__(self, d_k: int, max_length: int) -> None:
        super().__init__()
        angles = torch.arange(max_length, dtype=torch.float64)[:, None] * _frequencies(d_k)  # (max_length, d_k / 2)
        self.register_buffer("cos", angles.cos().to(torch.get_default_dtype()), persistent=False)
        self.register_buffer("sin", angles.sin().to(torch.get_default_dtype()), persistent=False)

    def forward(self, x: Tensor, start: int = 0) -> Tensor:
        """x (..., L, d_k) whose first row stands at position `start` -> the same shape, turned."""
        stop = start + x.size(-2)
        cos, sin = self.cos[start:stop].to(x.dtype), self.sin[start:stop].to(x.dtype)  # (L, d_k / 2)
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack([a * cos - b * sin, a * sin + b * cos], dim=-1).flatten(-2)
