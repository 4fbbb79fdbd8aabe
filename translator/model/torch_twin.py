"""The same model built from `torch.nn.Transformer`, and the way to give it our weights.

It is what most people would write, padded tensors and all: the yardstick for the tests and for the speed benchmark.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from translator.model.config import TransformerConfig
from translator.model.decoder import Decoder, DecoderLayer
from translator.model.encoder import Encoder, EncoderLayer
from translator.model.feed_forward import FeedForward
from translator.model.multi_head import MultiHeadAttention
from translator.model.transformer import Embedding, Transformer, causal_mask
from translator.model.vocabulary import PAD


class TorchTwin(nn.Module):
    """`torch.nn.Transformer` between our embeddings and output layer; dropout is where torch puts it."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.source_embedding = Embedding(config)
        self.target_embedding = self.source_embedding if config.tie else Embedding(config)
        options: dict[str, Any] = {"batch_first": True, "dropout": config.dropout, "norm_first": config.norm == "pre"}
        sizes = (config.d_model, config.heads, config.d_ff)
        last = [nn.LayerNorm(config.d_model) if config.norm == "pre" else None for _ in range(2)]
        self.transformer = nn.Transformer(
            *sizes[:2],
            custom_encoder=nn.TransformerEncoder(
                nn.TransformerEncoderLayer(*sizes, **options), config.encoder_layers, last[0], False
            ),
            custom_decoder=nn.TransformerDecoder(
                nn.TransformerDecoderLayer(*sizes, **options), config.decoder_layers, last[1]
            ),
            batch_first=True,
        )
        self.output = nn.Linear(config.d_model, config.vocabulary, bias=False)
        if config.tie:
            self.output.weight = self.target_embedding.weight

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """source (B, Ls), target (B, Lt) -> logits (B, Lt, V)."""
        return self.output(self.hidden(source, target))

    def hidden(self, source: Tensor, target: Tensor) -> Tensor:
        """The same without the output layer: (B, Lt, d_model). In torch's own masks True means must not attend."""
        embedded = [
            embedding(ids, torch.arange(ids.size(1), device=ids.device))
            for embedding, ids in ((self.source_embedding, source), (self.target_embedding, target))
        ]
        padding = source == PAD
        return self.transformer(
            *embedded,
            tgt_mask=~causal_mask(target),
            src_key_padding_mask=padding,
            memory_key_padding_mask=padding,
            tgt_is_causal=True,
        )


@torch.no_grad()
def copy_weights(ours: nn.Module, theirs: Any) -> None:
    """Copy the weights of one of our parts into its `torch.nn` counterpart, part by part.

    theirs: any module of `torch.nn` that does the same; torch gives the parts of its modules no types.
    """
    if isinstance(ours, MultiHeadAttention):
        three = (ours.query, ours.key, ours.value)
        theirs.in_proj_weight.copy_(torch.cat([linear.weight for linear in three]))
        theirs.in_proj_bias.copy_(torch.cat([linear.bias for linear in three]))
        theirs.out_proj.load_state_dict(ours.output.state_dict())
    elif isinstance(ours, FeedForward):
        theirs.linear1.load_state_dict(ours.inner.state_dict())
        theirs.linear2.load_state_dict(ours.outer.state_dict())
    elif isinstance(ours, (EncoderLayer, DecoderLayer)):
        copy_weights(ours.self_attention, theirs.self_attn)
        copy_weights(ours.feed_forward, theirs)
        if isinstance(ours, DecoderLayer):
            copy_weights(ours.cross_attention, theirs.multihead_attn)
        for i, residual in enumerate(ours.residuals):
            getattr(theirs, f"norm{i + 1}").load_state_dict(residual.get_submodule("norm").state_dict())
    elif isinstance(ours, Transformer):
        for name in ("source_embedding", "target_embedding", "output"):
            getattr(theirs, name).load_state_dict(getattr(ours, name).state_dict())
        copy_weights(ours.encoder, theirs.transformer.encoder)
        copy_weights(ours.decoder, theirs.transformer.decoder)
    elif isinstance(ours, (Encoder, Decoder)):
        for own, other in zip(ours.layers, theirs.layers, strict=True):
            copy_weights(own, other)
        if theirs.norm is not None:
            theirs.norm.load_state_dict(ours.norm.state_dict())
    else:
        raise TypeError(f"copy_weights: {type(ours).__name__} has no counterpart in torch.nn that this function knows.")
