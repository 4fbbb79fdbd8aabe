"""Sentences to sentences, in batches of like length."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from translator.data.batches import batches
from translator.data.tokenizer import Tokenizer
from translator.decoding.search import beam, greedy
from translator.errors import InputError
from translator.model.multi_head import MultiHeadAttention
from translator.model.transformer import Transformer, causal_mask
from translator.model.vocabulary import BOS, EOS


def encode(model: Transformer, tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """Source ids with EOS.

    Raises:
        InputError: a sentence that is empty or too long for the model.
    """
    sources = [[*ids, EOS] for ids in tokenizer.encode(texts)]
    for number, (text, ids) in enumerate(zip(texts, sources, strict=True), 1):
        if not text.strip():
            raise InputError(f"sentence {number} is empty. Give one sentence a line, and no empty lines.")
        if len(ids) > model.config.max_length:
            raise InputError(
                f"sentence {number} has {len(ids) - 1} tokens; this model takes at most {model.config.max_length - 1}. "
                f"Split it, or train with a larger --max-length. It begins: {text[:40]!r}"
            )
    return sources


def translate(
    model: Transformer, tokenizer: Tokenizer, texts: Sequence[str], width: int = 1, batch_tokens: int = 8192
) -> list[str]:
    """Translate each text, in the order given.

    Args:
        model: in evaluation mode.
        width: of the beam; 1 is greedy.
        batch_tokens: source tokens a batch, all prefixes of a beam counted.

    Raises:
        InputError: see `encode`.
    """
    sources = encode(model, tokenizer, texts)
    if not sources:
        return []
    lengths = np.array([[len(source), 1] for source in sources])
    found: list[list[int]] = [[] for _ in sources]
    for numbers in batches(lengths, max(1, batch_tokens // width)):
        some = [sources[i] for i in numbers]
        results = greedy(model, some) if width == 1 else beam(model, some, width)
        for i, ids in zip(numbers, results, strict=True):
            found[i] = ids
    return tokenizer.decode(found)


@torch.inference_mode()
def cross_attention(model: Transformer, source: Sequence[int], target: Sequence[int]) -> Tensor:
    """What each target token looked at: weights (layers, heads, Lt, Ls) of attention over memory.

    Args:
        source: ids with EOS, Ls of them.
        target: ids without BOS; row i belongs to the step that produced target token i, Lt of them.
    """
    layers = [getattr(layer, "cross_attention", None) for layer in getattr(model.decoder, "layers", [])]
    if not layers or not all(isinstance(layer, MultiHeadAttention) for layer in layers):
        raise InputError("this model's decoder is not built from MultiHeadAttention: it has no weights to show.")
    for layer in layers:
        layer.record = True
    try:
        ids = torch.tensor([[BOS, *target[:-1]]], device=model.device)
        memory = model.encode(torch.tensor([source], device=model.device), None)
        model.decode(ids, memory, causal_mask(ids), None)
        return torch.cat([layer.weights for layer in layers]).cpu()
    finally:
        for layer in layers:
            layer.record, layer.weights = False, None
