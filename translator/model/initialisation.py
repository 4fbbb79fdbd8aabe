"""What the weights are before training, and why.

The aim: at the first step every part gets and gives numbers of variance near 1, so that no gradient starts out
vanishing or exploding, whatever the width and the depth.

- Embeddings: N(0, 1/d_model). Multiplied by sqrt(d_model) (section 3.4) they enter the stack with variance 1; the same
  matrix, unscaled, turns a normalized vector into logits of variance 1: without tying the first loss is near
  log(V) + 1/2. With it, the vector still holds the token just read, whose row is in the output layer too, so that an
  untrained model expects repetition and the first loss is higher.
- A projection of n features: N(0, 1/n), which keeps the variance of its input; the output layer too, if it is not tied.
- The second matrix of the feed-forward network: N(0, 2/d_ff), since the ReLU before it halves the mean square.
- With pre-norm, the last matrix of each sub-layer is divided by sqrt(number of sub-layers): the residual sum of the
  whole stack then grows to about twice the variance of the embedding, at any depth (Radford et al. 2019). Post-norm
  rescales after every sum and needs no such factor.
- Biases 0, LayerNorm gain 1.

A caller's own parts keep the weights that their constructors gave them.
"""

from __future__ import annotations

import math

from torch import nn

from translator.model.feed_forward import FeedForward
from translator.model.multi_head import MultiHeadAttention


def initialise(stack: nn.Module, sublayers: int, pre_norm: bool) -> None:
    """Set the weights of our own parts in an encoder or decoder of so many sub-layers. Uses torch's generator."""
    shrink = sublayers**-0.5 if pre_norm else 1.0
    for module in stack.modules():
        if isinstance(module, MultiHeadAttention):
            for projection in (module.query, module.key, module.value):
                normal(projection)
            normal(module.output, shrink)
        elif isinstance(module, FeedForward):
            normal(module.inner)
            normal(module.outer, math.sqrt(2) * shrink)


def normal(linear: nn.Linear, gain: float = 1.0) -> None:
    """Weight from N(0, gain² / inputs), bias 0."""
    nn.init.normal_(linear.weight, std=gain / math.sqrt(linear.in_features))
    if linear.bias is not None:
        nn.init.zeros_(linear.bias)
