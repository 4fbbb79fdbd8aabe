"""The key-value cache: the decoder one position at a time, with keys and values kept from step to step.

From the weights of a `MultiHeadAttention` and a `Decoder` these compute what they compute: sections 3.1 and 3.2.2 of
Vaswani et al. 2017.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import TypeGuard, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import layer_norm, linear, pad

from translator.model.attention import attention
from translator.model.decoder import Decoder, DecoderLayer
from translator.model.multi_head import MultiHeadAttention
from translator.model.residual import Residual

#: Room is made for so many keys at a time. PyTorch multiplies batches of smaller matrices in a plain loop, which on a
#: CPU takes several times as long as this much room does.
ROOM = 16


class CachedAttention:
    """Keys and values, with room for more, and the look that a query takes at them.

    Args:
        layer: whose attention it is.
        pairs: (2, rows, heads, room, d_k), keys and values.
        bias: (rows, heads, 1, room), or (room,) if all are alike; added to scores: minus infinity where no key is.
    """

    def __init__(self, layer: MultiHeadAttention, pairs: Tensor, bias: Tensor) -> None:
        self.layer, self.pairs, self.bias = layer, pairs, bias
        self.output = layer.output.weight, layer.output.bias

    def select(self, rows: Tensor) -> None:
        """Keep these rows, in this order; a row may come twice."""
        self.pairs = self.pairs.index_select(1, rows)
        if self.bias.dim() > 1:
            self.bias = self.bias.index_select(0, rows)

    def look(self, query: Tensor) -> Tensor:
        """query (rows, heads, 1, d_k) -> (rows, d_model), after the layer's output matrix."""
        rows, d_k = query.size(0), query.size(-1)
        if self.layer.attend is attention:
            keys, values = self.pairs.flatten(1, 2)  # (rows * heads, room, d_k) each
            bias = self.bias.view(-1, 1, keys.size(1))
            scores = torch.baddbmm(bias, query.flatten(0, 1), keys.mT, alpha=d_k**-0.5)
            heads = torch.bmm(scores.softmax(-1), values)
        else:
            mask = (self.bias == 0).reshape(-1, self.layer.heads if self.bias.dim() > 1 else 1, 1, self.bias.size(-1))
            heads = self.layer.attend(query, *self.pairs, mask, 0.0)
        return linear(heads.reshape(rows, -1), *self.output)


class CachedSelfAttention(CachedAttention):
    """Self-attention: each step brings a key and a value for itself and all later ones.

    Args:
        layer: of a decoder.
        rows: translations.
    """

    def __init__(self, layer: MultiHeadAttention, rows: int) -> None:
        like, width = layer.output.weight, layer.output.in_features
        pairs = like.new_zeros(2, rows, layer.heads, ROOM, width // layer.heads)
        super().__init__(layer, pairs, like.new_full((ROOM,), -torch.inf))
        self.product = side_by_side([layer.query, layer.key, layer.value])
        self.length = 0

    def __call__(self, x: Tensor) -> Tensor:
        """x (rows, d_model) at the next position -> (rows, d_model)."""
        three = linear(x, *self.product).view(len(x), 3, self.layer.heads, 1, -1)  # query, key, value
        if self.layer.rotary is not None:
            three = torch.cat([self.layer.rotary(three[:, :2], self.length), three[:, 2:]], dim=1)
        if self.length == len(self.bias):
            self.pairs, self.bias = pad(self.pairs, (0, 0, 0, ROOM)), pad(self.bias, (0, ROOM), value=-torch.inf)
        self.pairs[:, :, :, self.length] = three[:, 1:, :, 0].transpose(0, 1)
        self.bias[self.length] = 0
        self.length += 1
        return self.look(three[:, 0])


class CachedCrossAttention(CachedAttention):
    """Cross-attention: keys and values of the source, for all steps.

    Args:
        layer: of a decoder.
        memory: (rows, Ls, d_model), the encoder's output.
        real: (rows, 1, Ls), False at padding.
    """

    def __init__(self, layer: MultiHeadAttention, memory: Tensor, real: Tensor) -> None:
        rows, length, _ = memory.shape
        pairs = linear(memory, *side_by_side([layer.key, layer.value])).view(rows, length, 2, layer.heads, -1)
        bias = memory.new_zeros(rows, 1, 1, length).masked_fill(~real[:, None], -torch.inf)
        room = max(0, ROOM - length)
        bias = pad(bias, (0, room), value=-torch.inf).expand(-1, layer.heads, -1, -1).contiguous()
        super().__init__(layer, pad(pairs.permute(2, 0, 3, 1, 4), (0, 0, 0, room)).contiguous(), bias)
        self.product = layer.query.weight, layer.query.bias

    def __call__(self, x: Tensor) -> Tensor:
        """x (rows, d_model) -> (rows, d_model)."""
        return self.look(linear(x, *self.product).view(len(x), self.layer.heads, 1, -1))


def side_by_side(layers: Sequence[nn.Linear]) -> tuple[Tensor, Tensor]:
    """Weight and bias of one product that does the work of several on the same input."""
    return torch.cat([layer.weight for layer in layers]), torch.cat([layer.bias for layer in layers])


class CachedDecoder:
    """What `Decoder` computes for the newest position of each row.

    Args:
        decoder: one for which `possible` holds.
        memory: of each layer, the attention over memory.
        rows: which rows of memory the translations look at, one each.
    """

    def __init__(self, decoder: Decoder, memory: list[CachedCrossAttention], rows: Tensor) -> None:
        self.norm = decoder.norm
        layers = cast(list[DecoderLayer], list(decoder.layers))
        self.memory = [copy(layer) for layer in memory]
        self.own = [CachedSelfAttention(cast(MultiHeadAttention, layer.self_attention), len(rows)) for layer in layers]
        #: Whether the normalization comes first, its shape, weight and bias, and the sub-layer: of each, in order.
        self.sublayers: list[tuple[bool, tuple[int, ...], Tensor, Tensor, Callable[[Tensor], Tensor]]] = []
        for layer, own, cross in zip(layers, self.own, self.memory, strict=True):
            calls: tuple[Callable[[Tensor], Tensor], ...] = (own, cross, layer.feed_forward)
            for residual, call in zip(cast(list[Residual], layer.residuals), calls, strict=True):
                norm = residual.norm
                self.sublayers.append((residual.pre, norm.normalized_shape, norm.weight, norm.bias, call))
        for cached in self.memory:
            cached.select(rows)

    @staticmethod
    def possible(decoder: nn.Module) -> TypeGuard[Decoder]:
        """Whether all layers are the package's own; attention functions and feed-forward networks need not be."""
        return type(decoder) is Decoder and all(
            type(layer) is DecoderLayer
            and type(layer.self_attention) is type(layer.cross_attention) is MultiHeadAttention
            for layer in decoder.layers
        )

    def select(self, rows: Tensor, moved: bool) -> None:
        """Keep these rows, in this order; not `moved` if each takes the place of a row with the same memory."""
        for cached in [*self.own, *(self.memory if moved else [])]:
            cached.select(rows)

    def step(self, x: Tensor) -> Tensor:
        """x (rows, d_model), the newest tokens embedded -> (rows, d_model), as the decoder's last position."""
        for pre, shape, weight, bias, sublayer in self.sublayers:
            if pre:
                x = x + sublayer(layer_norm(x, shape, weight, bias))
            else:
                x = layer_norm(x + sublayer(x), shape, weight, bias)
        result: Tensor = self.norm(x)
        return result
