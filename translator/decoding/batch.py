"""Sentences to sentences, in batches of like length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from translator.data.batches import batches
from translator.data.tokenizer import Tokenizer
from translator.decoding import search
from translator.errors import InputError
from translator.model.multi_head import MultiHeadAttention
from translator.model.transformer import Transformer, causal_mask
from translator.model.vocabulary import BOS, EOS

#: Of the exponent of the length penalty. Below 0 the penalty is none: a prefix could win by growing.
LARGEST_ALPHA = 10.0
#: Source tokens a batch, all prefixes of a beam counted.
BATCH_TOKENS = 8192


@dataclass(frozen=True)
class Translation:
    """One translation of a text: its score is its log-probability over the length penalty, and `ids` are its tokens.

    A probability is that among the tokens that may follow, which are all but the marks for padding and for a beginning.
    """

    text: str
    score: float
    ids: tuple[int, ...]


def check_options(width: int, alpha: float, n_best: int = 1) -> None:
    """Refuse what no search can do.

    Raises:
        InputError: with what is expected.
    """
    if width < 1:
        raise InputError(f"a beam of {width}; expected at least 1.")
    if not 0 <= alpha <= LARGEST_ALPHA:
        raise InputError(f"alpha {alpha:g}; expected 0, for no length penalty, to {LARGEST_ALPHA:g}. 0.6 is common.")
    if not 1 <= n_best <= width:
        raise InputError(f"the {n_best} best of a beam of {width}; expected 1 to {width}. Ask for a wider beam.")


def encode(model: Transformer, tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """Source ids with EOS; of a blank text none but EOS.

    Raises:
        InputError: a text that is too long for the model.
    """
    sources = _ids(tokenizer, texts)
    for i, fault in _too_long(model, sources).items():
        raise InputError(f"sentence {i + 1} {fault}. It begins: {texts[i][:40]!r}")
    return sources


def faults(model: Transformer, tokenizer: Tokenizer, texts: Sequence[str]) -> dict[int, str]:
    """The texts that are too long for the model, by index: what to tell about each, as a predicate."""
    return _too_long(model, _ids(tokenizer, texts))


def translate(
    model: Transformer, tokenizer: Tokenizer, texts: Sequence[str], width: int = 1, alpha: float = 0.6
) -> list[str]:
    """The best translation of each text, in the order given; that of a blank text is blank. See `hypotheses`."""
    return [some[0].text if some else "" for some in hypotheses(model, tokenizer, texts, width, alpha)]


def hypotheses(
    model: Transformer,
    tokenizer: Tokenizer,
    texts: Sequence[str],
    width: int = 1,
    alpha: float = 0.6,
    n_best: int = 1,
    batch_tokens: int = BATCH_TOKENS,
) -> list[list[Translation]]:
    """The best translations of each text, in the order given: `n_best` or as many as there are, best first.

    A blank text has none.

    Args:
        model: in evaluation mode.
        width: of the beam; 1 is greedy.
        alpha: exponent of the length penalty.

    Raises:
        InputError: see `encode` and `check_options`.
    """
    check_options(width, alpha, n_best)
    sources = encode(model, tokenizer, texts)
    real = [i for i, text in enumerate(texts) if text.strip()]
    found: list[list[Translation]] = [[] for _ in texts]
    if not real:
        return found
    lengths = np.array([[len(sources[i]), 1] for i in real])
    for places in batches(lengths, max(1, batch_tokens // width)):
        numbers = [real[place] for place in places]
        results = search.hypotheses(model, [sources[i] for i in numbers], width, alpha, n_best)
        words = iter(tokenizer.decode([one.ids for some in results for one in some]))
        for i, some in zip(numbers, results, strict=True):
            found[i] = [Translation(next(words), one.score, tuple(one.ids)) for one in some]
    return found


def _ids(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    if isinstance(texts, str):
        raise InputError(f"a single string, {texts[:40]!r}; expected a list of sentences: [text].")
    return [[*ids, EOS] for ids in tokenizer.encode(texts)]


def _too_long(model: Transformer, sources: Sequence[Sequence[int]]) -> dict[int, str]:
    most = model.config.max_length
    return {
        i: f"has {len(ids) - 1} tokens; this model takes at most {most - 1}. Split it, or train with a larger "
        "--max-length"
        for i, ids in enumerate(sources)
        if len(ids) > most
    }


@torch.inference_mode()
def cross_attention(model: Transformer, source: Sequence[int], target: Sequence[int]) -> Tensor:
    """What each target token looked at: weights (layers, heads, Lt, Ls) of attention over memory.

    Args:
        source: ids with EOS, Ls of them.
        target: ids without BOS; row i belongs to the step that produced target token i, Lt of them.
    """
    layers = [getattr(layer, "cross_attention", None) for layer in getattr(model.decoder, "layers", [])]
    attentions = [layer for layer in layers if isinstance(layer, MultiHeadAttention)]
    if not attentions or len(attentions) < len(layers):
        raise InputError("this model's decoder is not built from MultiHeadAttention: it has no weights to show.")
    for layer in attentions:
        layer.record = True
    try:
        ids = torch.tensor([[BOS, *target[:-1]]], device=model.device)
        memory = model.encode(torch.tensor([source], device=model.device), None)
        model.decode(ids, memory, causal_mask(ids), None)
        return torch.cat([layer.weights for layer in attentions if layer.weights is not None]).cpu()
    finally:
        for layer in attentions:
            layer.record, layer.weights = False, None
