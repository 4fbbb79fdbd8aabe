"""Scaled dot-product attention: section 3.2.1 and equation 1 of Vaswani et al. 2017."""

from __future__ import annotations

import math
from typing import Literal, overload

import torch
import torch.nn.functional as F
from torch import Tensor


@overload
def attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None = None,
    dropout: float = 0.0,
    need_weights: Literal[False] = False,
) -> Tensor: ...
@overload
def attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None = None,
    dropout: float = 0.0,
    *,
    need_weights: Literal[True],
) -> tuple[Tensor, Tensor]: ...
def attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None = None,
    dropout: float = 0.0,
    need_weights: bool = False,
) -> Tensor | tuple[Tensor, Tensor]:
    """Average the rows of `value`, weighted by how well each key matches the query.

    softmax(query keyᵀ / √d_k) value: equation 1 of Vaswani et al. 2017.

    Args:
        query: (..., Lq, d_k), one row for each position that looks.
        key: (..., Lk, d_k), one row for each position that can be looked at.
        value: (..., Lk, d_v), what each of those positions hands over.
        mask: bool, broadcastable to (..., Lq, Lk); True = may attend. None lets every query attend to every key.
        dropout: probability of dropping a weight. It acts whenever it is above 0: pass 0.0 in evaluation.
        need_weights: also return the weights. This path stores the whole (..., Lq, Lk) matrix, which PyTorch's fused
            kernels avoid on the other path: ask for the weights only to look at them.

    Returns:
        The output (..., Lq, d_v); with `need_weights`, the pair of output and weights (..., Lq, Lk). The weights are
        those before dropout: each row sums to 1. A query that may attend to nothing gets zeros in both.

    Raises:
        ValueError: shapes that do not fit together, a mask that is not boolean or does not broadcast, or a dropout
            outside [0, 1).
    """
    _check(query, key, value, mask, dropout)
    attends = None
    if mask is not None:
        # Softmax over no key at all is 0/0. A query without keys is let through to every key, so that numbers and
        # gradients stay finite on every backend; what it found there is then multiplied by zero, which is cheaper
        # than masked_fill.
        mask = torch.atleast_2d(mask)
        attends = mask.any(dim=-1, keepdim=True)  # (..., Lq, 1)
        mask = mask | ~attends
    if not need_weights:
        output = F.scaled_dot_product_attention(query, key, value, mask, dropout)
        return output if attends is None else output * attends
    output, weights = _plain(query, key, value, mask, dropout)
    return (output, weights) if attends is None else (output * attends, weights * attends)


def _plain(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, dropout: float) -> tuple[Tensor, Tensor]:
    """Equation 1 as it is written: output (..., Lq, d_v) and weights (..., Lq, Lk)."""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.size(-1))  # (..., Lq, Lk)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = scores.softmax(dim=-1)  # each row sums to 1
    return F.dropout(weights, dropout) @ value, weights


def _check(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, dropout: float) -> None:
    """Refuse what cannot be meant, with a message that says what to do."""
    shapes = f"query {tuple(query.shape)}, key {tuple(key.shape)}, value {tuple(value.shape)}"
    if min(query.dim(), key.dim(), value.dim()) < 2:
        raise ValueError(
            f"attention: {shapes}; expected (..., length, features), at least two axes each. "
            "Give a single vector a length of 1: vector.unsqueeze(-2)."
        )
    if query.size(-1) != key.size(-1):
        raise ValueError(
            f"attention: {shapes}; query and key must agree in their last axis d_k, found {query.size(-1)} and "
            f"{key.size(-1)}. Project both to the same width, and check that neither is transposed."
        )
    if key.size(-2) != value.size(-2):
        raise ValueError(
            f"attention: {shapes}; key and value must have the same length, found {key.size(-2)} and "
            f"{value.size(-2)}. Each key needs its own value: build both from the same positions."
        )
    try:
        batch = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2], value.shape[:-2])
    except RuntimeError:
        raise ValueError(
            f"attention: {shapes}; the axes before (length, features) must be equal or 1. "
            "Check that all three come from the same batch and are split into the same number of heads."
        ) from None
    if not 0.0 <= dropout < 1.0:
        raise ValueError(f"attention: dropout is {dropout}; expected a probability from 0 up to, not including, 1.")
    if mask is None:
        return
    if mask.dtype != torch.bool:
        raise ValueError(
            f"attention: the mask has dtype {mask.dtype}; expected torch.bool, True = may attend. "
            "Build it by a comparison such as ids != padding; call mask.bool() only if nonzero means may attend."
        )
    target = (*batch, query.size(-2), key.size(-2))
    pairs = zip(reversed(mask.shape), reversed(target), strict=False)
    if mask.dim() > len(target) or any(found not in (1, wanted) for found, wanted in pairs):
        raise ValueError(
            f"attention: the mask has shape {tuple(mask.shape)}; expected one that broadcasts to (..., Lq, Lk) = "
            f"{target}. Put the queries before the keys and give every missing axis the size 1, for example "
            "mask[:, None, None, :] for a (batch, Lk) mask of keys and scores with heads."
        )
