"""The loss: cross-entropy with label smoothing (section 5.4), without ever holding all logits at once.

With a vocabulary of ten thousand the logits are by far the largest tensor of a small model: 3,000 tokens make 120 MB,
which ordinary code writes and reads about ten times. Here the output layer and the loss are one function that works
through the tokens in chunks small enough for the processor's cache, and computes the gradient of each chunk while its
logits are still there.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

#: Tokens a chunk. On a CPU a chunk should fit the cache; a GPU wants large matrices.
CPU_CHUNK, GPU_CHUNK = 256, 8192


def smoothed_cross_entropy(hidden: Tensor, weight: Tensor, target: Tensor, smoothing: float = 0.0) -> Tensor:
    """Sum over tokens of the cross-entropy between softmax(hidden weightᵀ) and the smoothed target.

    The smoothed target gives 1 - smoothing to the right token and spreads `smoothing` evenly over all V, the right one
    included; equal to `F.cross_entropy(..., label_smoothing=smoothing, reduction="sum")`.

    Args:
        hidden: (N, d_model), the decoder's output at real positions.
        weight: (V, d_model), the output layer's matrix.
        target: (N,) token ids.

    Returns:
        A float32 (or float64) scalar.
    """
    chunk = CPU_CHUNK if hidden.device.type == "cpu" else GPU_CHUNK
    loss: Tensor = _ChunkedCrossEntropy.apply(hidden, weight, target, smoothing, chunk)  # type: ignore[no-untyped-call]
    return loss


class _ChunkedCrossEntropy(torch.autograd.Function):
    """Forward computes the loss and, where gradients are wanted, those of hidden and weight; backward scales them."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, target: Tensor, smoothing: float, chunk: int) -> Tensor:
        kind = hidden.device.type
        # Matrix products run in the type that autocast would give them; sums and exponentials never do.
        low = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else hidden.dtype
        exact = torch.promote_types(hidden.dtype, torch.float32)
        h, w = hidden.to(low), weight.to(low)
        wanted = any(ctx.needs_input_grad[:2])
        grad_hidden = torch.empty_like(h if wanted else h[:0], dtype=exact)
        grad_weight = torch.zeros_like(weight if wanted else weight[:0], dtype=exact)
        loss = torch.zeros((), dtype=exact, device=hidden.device)
        with torch.autocast(kind, enabled=False):
            for start in range(0, h.size(0), chunk):
                x, right = h[start : start + chunk], target[start : start + chunk, None]
                logits = (x @ w.T).to(exact)  # (chunk, V)
                top = logits.amax(1, keepdim=True)
                loss += top.sum() - (1 - smoothing) * logits.gather(1, right).sum()
                # From here on the logits' memory holds exp(logit - top): softmax times `total`.
                powers = logits.sub_(top).exp_()
                total = powers.sum(1, keepdim=True)
                loss += total.log().sum()
                if wanted:
                    # d loss / d logits = softmax - (1 - smoothing) at the right token - smoothing / V everywhere.
                    # `total` is divided out of the small factors, and the last term, the same everywhere, comes below.
                    powers.scatter_add_(1, right, (smoothing - 1) * total)
                    powers = powers.to(low)
                    grad_hidden[start : start + chunk] = (powers @ w).to(exact) / total
                    if low == exact:
                        grad_weight.addmm_(powers.T, x / total)
                    else:
                        grad_weight += powers.T @ (x / total).to(low)
            if smoothing:
                even, all_hidden, all_weight = smoothing / weight.size(0), hidden.sum(0), weight.sum(0)
                loss -= even * (all_hidden.to(exact) @ all_weight.to(exact))
                if wanted:
                    grad_hidden -= even * all_weight
                    grad_weight -= even * all_hidden
        if wanted:
            ctx.save_for_backward(grad_hidden.to(hidden.dtype), grad_weight.to(weight.dtype))
        return loss

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, scale: Tensor) -> tuple[Tensor | None, ...]:
        grads = ((grad * scale).to(grad.dtype) for grad in ctx.saved_tensors)
        return (*grads, None, None, None)
