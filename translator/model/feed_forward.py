"""The position-wise feed-forward network: section 3.3 and equation 2 of Vaswani et al. 2017."""

from __future__ import annotations

from torch import Tensor, nn


class FeedForward(nn.Module):
    """FFN(x) = max(0, x W1 + b1) W2 + b2, at each position on its own.

    Args:
        d_model: features that go in and come out.
        d_ff: features between the two matrices.
    """

    packs = True  # it never mixes positions, so it runs on packed tokens as on padded ones

    def __init__(self, d_model: int, d_ff: int) -> None:
        super().__init__()
        self.inner = nn.Linear(d_model, d_ff)
        self.outer = nn.Linear(d_ff, d_model)

    def forward(self, x: Tensor) -> Tensor:
        """x (..., d_model) -> (..., d_model)."""
        return self.outer(self.inner(x).relu())
