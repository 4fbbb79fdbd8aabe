"""The translator's sizes and ids in the words of Hugging Face's configurations."""

from __future__ import annotations

from typing import Any

from translator.model.config import TransformerConfig
from translator.model.vocabulary import BOS, EOS, PAD


def shapes(config: TransformerConfig) -> dict[str, Any]:
    """Options that MarianConfig and PegasusConfig share, for a model of the same size."""
    return {
        "vocab_size": config.vocabulary,
        "max_position_embeddings": config.max_length,
        "d_model": config.d_model,
        "encoder_layers": config.encoder_layers,
        "decoder_layers": config.decoder_layers,
        "encoder_attention_heads": config.heads,
        "decoder_attention_heads": config.heads,
        "encoder_ffn_dim": config.d_ff,
        "decoder_ffn_dim": config.d_ff,
        "activation_function": "relu",
        "scale_embedding": True,
        "pad_token_id": PAD,
        "bos_token_id": BOS,
        "eos_token_id": EOS,
        "decoder_start_token_id": BOS,
        "forced_eos_token_id": None,
    }
