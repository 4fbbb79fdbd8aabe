"""Multi-head attention: section 3.2.2 of Vaswani et al. 2017."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from translator.model.attention import attention
from translator.model.packing import Mask, PackedMask
from translator.model.positions import RotaryPositions

#: Called as `attend(query, key, value, mask, dropout)`; with `need_weights=True` only to look at the weights.
Attend = Callable[..., Tensor]


class MultiHeadAttention(nn.Module):
    """MultiHead(Q, K, V) = Concat(head_1, ..., head_h) W^O, head_i = Attention(Q W_i^Q, K W_i^K, V W_i^V).

    The h small projections of a kind stand side by side in one matrix (d_model, d_model).

    Args:
        d_model: features of queries, keys, values and output.
        heads: h; must divide d_model.
        dropout: on the attention weights, in training.
        attend: the attention function itself, by default `translator.model.attention.attention`.
        rotary: turns queries and keys by their positions (self-attention only).
    """

    packs = True

    def __init__(
        self,
        d_model: int,
        heads: int,
        dropout: float = 0.0,
        attend: Attend = attention,
        rotary: RotaryPositions | None = None,
    ) -> None:
        super().__init__()
        if d_model % heads:
            raise ValueError(f"MultiHeadAttention: d_model {d_model} does not divide into {heads} heads.")
        self.heads, self.dropout, self.attend, self.rotary = heads, dropout, attend, rotary
        self.query = nn.Linear(d_model, d_model)  # W^Q
        self.key = nn.Linear(d_model, d_model)  # W^K
        self.value = nn.Linear(d_model, d_model)  # W^V
        self.output = nn.Linear(d_model, d_model)  # W^O
        self.record = False  # keep the weights of the last call in `weights` (B, heads, Lq, Lk)
        self.weights: Tensor | None = None

    def forward(self, query: Tensor, key: Tensor, value: Tensor, mask: Mask = None) -> Tensor:
        """query (B, Lq, d_model), key and value (B, Lk, d_model) -> (B, Lq, d_model).

        Args:
            mask: bool, (Lq, Lk), (B, Lq, Lk) or (B, heads, Lq, Lk), any axis may be 1; True = may attend. With a
                `PackedMask`, the tensors are packed: (Nq, d_model), (Nk, d_model) -> (Nq, d_model).
        """
        q, k, v = self.query(query), self.key(key), self.value(value)
        if isinstance(mask, PackedMask):
            return self.output(mask.on_rectangles(self._attend, q, k, v))
        return self.output(self._attend(q, k, v, mask))

    def _attend(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
        """Projected query (B, Lq, d_model), key, value (B, Lk, d_model) -> heads side by side (B, Lq, d_model)."""
        q, k, v = self._split(query, 0), self._split(key, 0), self._split(value)
        return self._merge(self._heads(q, k, v, mask))

    def _heads(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        """(B, heads, Lq, d_k), (B, heads, Lk, d_k) twice -> (B, heads, Lq, d_k): equation 1, all heads at once."""
        if mask is not None and mask.dim() == 3:
            mask = mask.unsqueeze(1)  # the same for every head
        dropout = self.dropout if self.training else 0.0
        if self.record:
            output, self.weights = self.attend(q, k, v, mask, dropout, need_weights=True)
            return output
        return self.attend(q, k, v, mask, dropout)

    def _split(self, x: Tensor, start: int | None = None) -> Tensor:
        """(B, L, d_model) -> (B, heads, L, d_k); with `start`, turned by position if this attention is rotary."""
        x = x.unflatten(-1, (self.heads, -1)).transpose(1, 2)
        return x if self.rotary is None or start is None else self.rotary(x, start)

    @staticmethod
    def _merge(x: Tensor) -> Tensor:
        """(B, heads, L, d_k) -> (B, L, d_model): the heads are concatenated, not summed."""
        return x.transpose(1, 2).flatten(2)
