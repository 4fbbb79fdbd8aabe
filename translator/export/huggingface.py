"""Our model in the classes of Hugging Face `transformers`.

A model with post-norm is a Marian, as the models of Helsinki-NLP are. One with pre-norm is a Pegasus, which differs
from Marian in just that. Both have ReLU, embeddings times sqrt(d_model) and sinusoidal positions. The folder opens
with::

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSeq2SeqLM.from_pretrained(folder)
    ids = model.generate(**tokenizer(["ein Satz"], return_tensors="pt", padding=True))
    tokenizer.batch_decode(ids, skip_special_tokens=True)
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import torch
from tokenizers.processors import TemplateProcessing
from torch import Tensor, nn

from translator.data.tokenizer import Tokenizer
from translator.errors import ExportError
from translator.export.checking import draw_sentences, forbidden, inner_tokenizer, needed
from translator.model.config import TransformerConfig
from translator.model.decoder import DecoderLayer
from translator.model.encoder import EncoderLayer
from translator.model.multi_head import MultiHeadAttention
from translator.model.transformer import Transformer
from translator.model.vocabulary import BOS, EOS, PAD, SPECIAL

PACKAGES = ("transformers",)


def refuse(config: TransformerConfig) -> None:
    """Refuse what neither Marian nor Pegasus can hold.

    Raises:
        ExportError: says what, and what can be done.
    """
    if config.positions == "rotary":
        reason = "neither Marian nor Pegasus has rotary positions"
    elif config.norm == "pre" and not config.tie:
        reason = "a pre-norm model becomes a Pegasus, which has one matrix for all embeddings, and this one has three"
    elif config.norm == "post" and config.positions == "learned":
        reason = "a post-norm model becomes a Marian, which stores no positions, and this model has learned ones"
    else:
        return
    raise ExportError(f"{reason}. Export to ctranslate2 or onnx, which take this model.")


def write(model: Transformer, tokenizer: Tokenizer, folder: Path) -> None:
    """Write config.json, generation_config.json, model.safetensors and the files of the tokenizer."""
    (transformers,) = needed(*PACKAGES)
    transformers.utils.logging.disable_progress_bar()
    to_hugging_face(model).save_pretrained(folder)
    inner = inner_tokenizer(tokenizer, folder)
    pad, bos, eos = SPECIAL
    # A source ends with EOS; nothing stands before it.
    inner.post_processor = TemplateProcessing(single=f"$A {eos}", pair=None, special_tokens=[(eos, EOS)])
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=inner,
        pad_token=pad,
        bos_token=bos,
        eos_token=eos,
        split_special_tokens=True,  # text that happens to contain "</s>" is text
        clean_up_tokenization_spaces=False,
        model_max_length=model.config.max_length,
    ).save_pretrained(folder)


def largest_difference(model: Transformer, folder: Path) -> float:
    """Between our logits and those of the model that was written."""
    (transformers,) = needed(*PACKAGES)
    return compare(model, transformers.AutoModelForSeq2SeqLM.from_pretrained(folder).eval())


@torch.no_grad()
def compare(model: Transformer, theirs: nn.Module) -> float:
    """The largest difference between the logits of both, on random sentences of different lengths."""
    ours = draw_sentences(model)
    found = theirs(input_ids=ours.source, attention_mask=ours.source != PAD, decoder_input_ids=ours.target)
    return ours.difference(found.logits)


def sizes(config: TransformerConfig) -> dict[str, Any]:
    """The options of MarianConfig and PegasusConfig that make a model of the same size, with the same tokens."""
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


@torch.no_grad()
def to_hugging_face(model: Transformer) -> Any:
    """The same model as a `PegasusForConditionalGeneration` or a `MarianMTModel`, in evaluation mode.

    Raises:
        ExportError: see `refuse`; or `transformers` is missing.
    """
    (transformers,) = needed(*PACKAGES)
    config = model.config
    refuse(config)
    ours: Any = model
    options = {**sizes(config), "tie_word_embeddings": config.tie}
    if config.norm == "pre":
        theirs = transformers.PegasusForConditionalGeneration(transformers.PegasusConfig(**options))
        for other, embedding in _embeddings(ours, theirs):
            other.embed_positions.weight.copy_(embedding.positions.table)
        for own, other in ((ours.encoder, theirs.model.encoder), (ours.decoder, theirs.model.decoder)):
            other.layer_norm.load_state_dict(own.norm.state_dict())
    else:
        options["share_encoder_decoder_embeddings"] = config.tie
        theirs = transformers.MarianMTModel(transformers.MarianConfig(**options))
        # Marian makes its positions anew at loading: all sines, then all cosines. Ours alternate.
        ours = with_features(model, torch.cat([torch.arange(first, config.d_model, 2) for first in (0, 1)]))
    theirs.generation_config = transformers.GenerationConfig(
        pad_token_id=PAD,
        bos_token_id=BOS,
        eos_token_id=EOS,
        decoder_start_token_id=BOS,
        max_length=config.max_length + 1,  # counts the BOS in front
    )
    for other, embedding in _embeddings(ours, theirs):
        other.embed_tokens.weight.copy_(embedding.weight)
    theirs.lm_head.weight.copy_(ours.output.weight)
    theirs.final_logits_bias.copy_(forbidden(model))
    for own, other in ((ours.encoder, theirs.model.encoder), (ours.decoder, theirs.model.decoder)):
        for layer, its in zip(own.layers, other.layers, strict=True):
            _copy_layer(layer, its)
    return theirs.eval()


def _embeddings(model: Any, theirs: Any) -> list[tuple[Any, Any]]:
    return [(theirs.model.encoder, model.source_embedding), (theirs.model.decoder, model.target_embedding)]


def _copy_layer(layer: Any, theirs: Any) -> None:
    pairs: list[tuple[Any, Any]] = [
        (layer.feed_forward.inner, theirs.fc1),
        (layer.feed_forward.outer, theirs.fc2),
        (layer.residuals[0].norm, theirs.self_attn_layer_norm),
        (layer.residuals[-1].norm, theirs.final_layer_norm),
    ]
    attentions = [(layer.self_attention, theirs.self_attn)]
    if isinstance(layer, DecoderLayer):
        attentions.append((layer.cross_attention, theirs.encoder_attn))
        pairs.append((layer.residuals[1].norm, theirs.encoder_attn_layer_norm))
    for own, other in attentions:
        names = {"query": "q_proj", "key": "k_proj", "value": "v_proj", "output": "out_proj"}
        pairs += [(getattr(own, name), getattr(other, its)) for name, its in names.items()]
    for own, other in pairs:
        other.load_state_dict(own.state_dict())


@torch.no_grad()
def with_features(model: Transformer, order: Tensor) -> Transformer:
    """A copy whose d_model features stand in another order, everywhere; it computes the same logits.

    Args:
        order: (d_model,) which old feature each new one is.
    """
    model = copy.deepcopy(model)
    embedding: Any

    def move(tensor: Tensor, axis: int) -> None:
        tensor.copy_(tensor.index_select(axis, order))

    for embedding in dict.fromkeys((model.source_embedding, model.target_embedding)):  # once, if it is one
        move(embedding.weight, 1)
        if embedding.positions is not None:
            move(embedding.positions.table, 1)
    if not model.config.tie:
        move(model.output.weight, 1)
    module: Any
    for module in model.modules():
        if isinstance(module, nn.LayerNorm):
            move(module.weight, 0)
            move(module.bias, 0)
        elif isinstance(module, MultiHeadAttention):
            for part in (module.query, module.key, module.value):
                move(part.weight, 1)
            move(module.output.weight, 0)
            move(module.output.bias, 0)
        elif isinstance(module, (EncoderLayer, DecoderLayer)):
            network: Any = module.feed_forward
            move(network.inner.weight, 1)
            move(network.outer.weight, 0)
            move(network.outer.bias, 0)
    return model
