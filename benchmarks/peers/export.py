"""A run of ours as a Hugging Face model and as a CTranslate2 model, with the same weights.

    python -m benchmarks.peers.export RUN FOLDER

writes FOLDER/hugging-face and FOLDER/ctranslate2. Both take our token ids: CTranslate2, whose interface is text, knows
token 17 as "17". Hugging Face's Pegasus is the architecture: pre-norm with a last norm, ReLU, embedding times
sqrt(d_model), sinusoidal positions kept as a table (which becomes ours), one matrix for both embeddings and the output.
Our decoder never chooses PAD or BOS; both models get a bias that forbids them too.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from ctranslate2.converters.utils import fuse_linear
from ctranslate2.specs import TransformerSpec
from ctranslate2.specs.attention_spec import MultiHeadAttentionSpec
from ctranslate2.specs.common_spec import Activation, LayerNormSpec, LinearSpec
from torch import Tensor, nn
from transformers import GenerationConfig, PegasusConfig, PegasusForConditionalGeneration

from benchmarks.peers.shapes import shapes
from translator.errors import InputError
from translator.model.decoder import DecoderLayer
from translator.model.encoder import EncoderLayer
from translator.model.multi_head import MultiHeadAttention
from translator.model.transformer import Transformer
from translator.model.vocabulary import BOS, EOS, PAD
from translator.runs.folder import Run

FORBIDDEN = -1e9
TOLERANCE = 1e-4


def check(model: Transformer) -> None:
    """Refuse a model that the peers have no counterpart for."""
    config = model.config
    if (config.norm, config.positions, config.tie) != ("pre", "sinusoidal", True):
        raise InputError("only models with --norm pre, --positions sinusoidal and tied embeddings can be exported.")


@torch.no_grad()
def to_hugging_face(model: Transformer) -> PegasusForConditionalGeneration:
    """The same model in Hugging Face's classes, in evaluation mode."""
    check(model)
    config = model.config
    theirs = PegasusForConditionalGeneration(PegasusConfig(**shapes(config)))
    theirs.generation_config = GenerationConfig(
        pad_token_id=PAD, bos_token_id=BOS, eos_token_id=EOS, decoder_start_token_id=BOS
    )
    theirs.model.shared.weight.copy_(model.output.weight)
    theirs.final_logits_bias[:, [PAD, BOS]] = FORBIDDEN
    for own, other in ((model.encoder, theirs.model.encoder), (model.decoder, theirs.model.decoder)):
        other.embed_positions.weight.copy_(model.source_embedding.positions.table)
        other.layer_norm.load_state_dict(own.norm.state_dict())
        for layer, its in zip(own.layers, other.layers, strict=True):
            _copy_layer(layer, its)
    return theirs.eval()


def _copy_layer(layer: EncoderLayer | DecoderLayer, theirs: nn.Module) -> None:
    pairs = [
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


def to_ctranslate2(model: Transformer, folder: Path) -> None:
    """Write the same model, in float32, as a folder that `ctranslate2.Translator` opens."""
    check(model)
    config = model.config
    spec = TransformerSpec.from_config(
        (config.encoder_layers, config.decoder_layers), config.heads, pre_norm=True, activation=Activation.RELU
    )
    embeddings = (spec.encoder.embeddings[0], spec.decoder.embeddings)
    for stack, other, embedding in zip(
        (model.encoder, model.decoder), (spec.encoder, spec.decoder), embeddings, strict=True
    ):
        embedding.weight = _array(model.output.weight)
        other.scale_embeddings = math.sqrt(config.d_model)
        other.position_encodings.encodings = _array(model.source_embedding.positions.table)
        _norm(other.layer_norm, stack.norm)
        for layer, its in zip(stack.layers, other.layer, strict=True):
            _attention(its.self_attention, layer.self_attention, together=3)
            _norm(its.self_attention.layer_norm, layer.residuals[0].norm)
            if isinstance(layer, DecoderLayer):
                _attention(its.attention, layer.cross_attention, together=1)
                _norm(its.attention.layer_norm, layer.residuals[1].norm)
            _linear(its.ffn.linear_0, layer.feed_forward.inner)
            _linear(its.ffn.linear_1, layer.feed_forward.outer)
            _norm(its.ffn.layer_norm, layer.residuals[-1].norm)
    spec.decoder.projection.weight = _array(model.output.weight)
    bias = np.zeros(config.vocabulary, np.float32)
    bias[[PAD, BOS]] = FORBIDDEN
    spec.decoder.projection.bias = bias
    tokens = as_text(range(config.vocabulary))
    spec.register_source_vocabulary(tokens)
    spec.register_target_vocabulary(tokens)
    spec.config.unk_token, spec.config.bos_token, spec.config.eos_token = as_text((PAD, BOS, EOS))
    spec.config.decoder_start_token = as_text([BOS])[0]
    spec.validate()
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))


def as_text(ids: Sequence[int]) -> list[str]:
    """Token ids as CTranslate2 knows them."""
    return [str(i) for i in ids]


def _array(x: Tensor) -> np.ndarray:
    return x.detach().float().numpy().copy()


def _norm(spec: LayerNormSpec, norm: nn.LayerNorm) -> None:
    spec.gamma, spec.beta = _array(norm.weight), _array(norm.bias)


def _linear(spec: LinearSpec, linear: nn.Linear) -> LinearSpec:
    spec.weight, spec.bias = _array(linear.weight), _array(linear.bias)
    return spec


def _attention(spec: MultiHeadAttentionSpec, ours: MultiHeadAttention, together: int) -> None:
    """The first `together` of query, key and value stand in one matrix, the rest in another."""
    split = [_linear(LinearSpec(), linear) for linear in (ours.query, ours.key, ours.value)]
    fuse_linear(spec.linear[0], split[:together])
    if split[together:]:
        fuse_linear(spec.linear[1], split[together:])
    _linear(spec.linear[-1], ours.output)


@torch.no_grad()
def largest_difference(model: Transformer, theirs: PegasusForConditionalGeneration, sentences: int = 16) -> float:
    """Between the logits of both, on random sentences of different lengths, padding and forbidden tokens left out."""
    draw = torch.Generator().manual_seed(0)
    longest = min(40, model.config.max_length)
    lengths = torch.randint(1, longest + 1, (sentences, 2), generator=draw)
    lengths[0] = longest
    ids = torch.randint(EOS + 1, model.config.vocabulary, (2, sentences, longest), generator=draw)
    source, target = (ids[side].masked_fill(torch.arange(longest) >= lengths[:, side, None], PAD) for side in range(2))
    target[:, 0] = BOS
    found = theirs(input_ids=source, attention_mask=source != PAD, decoder_input_ids=target).logits
    difference = (model(source, target) - found)[target != PAD]
    return difference[:, EOS:].abs().max().item()


def assert_equal(model: Transformer, theirs: PegasusForConditionalGeneration) -> float:
    """The largest difference of logits, which must not exceed `TOLERANCE`."""
    difference = largest_difference(model, theirs)
    if not difference <= TOLERANCE:
        raise AssertionError(f"logits of the exported model differ by {difference:.1e}, more than {TOLERANCE:.0e}.")
    return difference


def main() -> None:
    """Export a run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, metavar="RUN", help="folder of a trained run")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="to write to")
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = Run(options.run).model()
    theirs = to_hugging_face(model)
    print(f"largest difference of logits, ours and Hugging Face: {assert_equal(model, theirs):.1e}")
    theirs.save_pretrained(options.folder / "hugging-face")
    again = PegasusForConditionalGeneration.from_pretrained(options.folder / "hugging-face").eval()
    assert_equal(model, again)
    to_ctranslate2(model, options.folder / "ctranslate2")


if __name__ == "__main__":
    main()
