"""Dropout (Srivastava et al. 2014; section 5.4 of Vaswani et al. 2017), with a cheaper mask on the CPU.

PyTorch draws one Bernoulli number an element, which on a CPU costs more than a layer normalization. Four elements can
share one random 64-bit integer: 16 bits each decide to within 1/65536.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

_STEPS = 1 << 16


class Dropout(nn.Module):
    """In training each number becomes 0 with probability p and is otherwise divided by 1 - p; else nothing happens."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """x (...) -> (...)."""
        if not self.training or self.p == 0.0:
            return x
        if x.device.type != "cpu":
            return nn.functional.dropout(x, self.p)
        quads = torch.empty((x.numel() + 3) // 4, dtype=torch.int64).random_(-(2**63), None)
        bits = quads.view(torch.int16)[: x.numel()].view(x.shape)  # even over -32768 ... 32767
        dropped = round(self.p * _STEPS)
        keep = (bits >= dropped - _STEPS // 2).to(x.dtype)
        return x * keep.mul_(_STEPS / (_STEPS - dropped))

    def extra_repr(self) -> str:
        """p, for printing the module."""
        return f"p={self.p}"
