"""Our model for CTranslate2, a fast engine in C++ for trained translators.

It takes and gives tokens as text. The folder opens with::

    translator = ctranslate2.Translator(folder, compute_type="int8")
    tokenizer = tokenizers.Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.encode_special_tokens = True  # a text that happens to contain "</s>" is text
    found = translator.translate_batch([[*tokenizer.encode("ein Satz").tokens, "</s>"]])
    tokenizer.decode([tokenizer.token_to_id(token) for token in found[0].hypotheses[0]])
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer as Inner
from torch import Tensor, nn

from translator.data.tokenizer import Tokenizer
from translator.export.checking import draw_sentences, forbidden, inner_tokenizer, needed, token_names
from translator.model.config import TransformerConfig
from translator.model.transformer import Transformer
from translator.model.vocabulary import BOS, EOS, PAD

PACKAGES = ("ctranslate2",)


def refuse(config: TransformerConfig) -> None:
    """CTranslate2 holds every model that this package builds: nothing is refused."""


def write(model: Transformer, tokenizer: Tokenizer, folder: Path) -> None:
    """Write model.bin, config.json, shared_vocabulary.json and tokenizer.json."""
    inner = inner_tokenizer(tokenizer, folder)
    to_ctranslate2(model, folder, token_names(inner, range(len(tokenizer))))


def to_ctranslate2(model: Transformer, folder: Path, tokens: Sequence[str]) -> None:
    """Write the same model, in float32, as a folder that `ctranslate2.Translator` opens.

    Args:
        tokens: what each token id is called there, in order.

    Raises:
        ExportError: `ctranslate2` is missing.
    """
    specs, utils = needed("ctranslate2.specs", "ctranslate2.converters.utils")
    config = model.config
    spec = _spec(config, specs)
    sides: list[tuple[Any, Any, Any, Any]] = [
        (model.encoder, model.source_embedding, spec.encoder, spec.encoder.embeddings[0]),
        (model.decoder, model.target_embedding, spec.decoder, spec.decoder.embeddings),
    ]
    for stack, embedding, other, embeddings in sides:
        embeddings.weight = _array(embedding.weight)
        other.scale_embeddings = math.sqrt(config.d_model)
        if embedding.positions is not None:
            other.position_encodings.encodings = _array(embedding.positions.table)
        if config.norm == "pre":
            _norm(other.layer_norm, stack.norm)
        for layer, its in zip(stack.layers, other.layer, strict=True):
            _attention(its.self_attention, layer.self_attention, 3, specs, utils)
            _norm(its.self_attention.layer_norm, layer.residuals[0].norm)
            if stack is model.decoder:
                _attention(its.attention, layer.cross_attention, 1, specs, utils)
                _norm(its.attention.layer_norm, layer.residuals[1].norm)
            _linear(its.ffn.linear_0, layer.feed_forward.inner)
            _linear(its.ffn.linear_1, layer.feed_forward.outer)
            _norm(its.ffn.layer_norm, layer.residuals[-1].norm)
    spec.decoder.projection.weight = _array(model.output.weight)
    spec.decoder.projection.bias = _array(forbidden(model))
    spec.register_source_vocabulary(list(tokens))
    spec.register_target_vocabulary(list(tokens))
    spec.config.unk_token, spec.config.bos_token, spec.config.eos_token = (tokens[i] for i in (PAD, BOS, EOS))
    spec.config.decoder_start_token = tokens[BOS]
    spec.validate()
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))


@torch.no_grad()
def largest_difference(model: Transformer, folder: Path) -> float:
    """Between the log-probabilities that both give to the tokens of random translations: it shows no logits."""
    (ctranslate2,) = needed(*PACKAGES)
    inner = Inner.from_file(str(folder / "tokenizer.json"))
    theirs = ctranslate2.Translator(str(folder), device="cpu", compute_type="float32", intra_threads=1)
    ours = draw_sentences(model)

    def names(row: Tensor) -> list[str]:
        return token_names(inner, (i for i in row.tolist() if i not in (PAD, BOS)))

    found = theirs.score_batch([names(row) for row in ours.source], [names(row) for row in ours.target])
    probabilities = ours.logits.log_softmax(-1)
    differences = []
    for row, target, result in zip(probabilities, ours.target, found, strict=True):
        tokens = [*target[(target != PAD) & (target != BOS)].tolist(), EOS]  # it appends EOS by itself
        differences.append(row[torch.arange(len(tokens)), tokens] - torch.tensor(result.log_probs))
    return float(torch.cat(differences).abs().max())  # NaN if any is


def _spec(config: TransformerConfig, specs: Any) -> Any:
    """Empty, of the model's size."""
    options: dict[str, Any] = {"pre_norm": config.norm == "pre", "activation": specs.Activation.RELU}
    if config.positions == "rotary":
        options |= {"rotary_dim": 0, "rotary_interleave": True}  # 0: all features; interleaved: pairs are neighbours
    encoder = specs.TransformerEncoderSpec(config.encoder_layers, config.heads, **options)
    decoder = specs.TransformerDecoderSpec(config.decoder_layers, config.heads, **options)
    if config.positions == "rotary":
        del encoder.position_encodings
    return specs.TransformerSpec(encoder, decoder)


def _array(x: Tensor) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.array(x.detach().float().numpy())


def _norm(spec: Any, norm: nn.LayerNorm) -> None:
    spec.gamma, spec.beta = _array(norm.weight), _array(norm.bias)


def _linear(spec: Any, linear: nn.Linear) -> Any:
    spec.weight, spec.bias = _array(linear.weight), _array(linear.bias)
    return spec


def _attention(spec: Any, ours: Any, together: int, specs: Any, utils: Any) -> None:
    """The first `together` of query, key and value stand in one matrix, the rest in another."""
    split = [_linear(specs.common_spec.LinearSpec(), linear) for linear in (ours.query, ours.key, ours.value)]
    utils.fuse_linear(spec.linear[0], split[:together])
    if split[together:]:
        utils.fuse_linear(spec.linear[1], split[together:])
    _linear(spec.linear[-1], ours.output)
