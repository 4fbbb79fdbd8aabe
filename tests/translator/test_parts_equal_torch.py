"""With the same weights every part computes what its `torch.nn` counterpart computes, in float64."""

import pytest
import torch
from torch import Tensor, nn

from translator.model.config import TransformerConfig
from translator.model.decoder import Decoder, DecoderLayer
from translator.model.encoder import Encoder, EncoderLayer
from translator.model.feed_forward import FeedForward
from translator.model.multi_head import MultiHeadAttention
from translator.model.torch_twin import TorchTwin, copy_weights
from translator.model.transformer import Transformer
from translator.model.vocabulary import PAD

pytestmark = pytest.mark.usefixtures("float64")
NORMS = pytest.mark.parametrize("norm", ["pre", "post"])
SHAPES = [(1, 1, 1), (2, 5, 3), (3, 4, 7)]  # B, Lq, Lk


def small(norm: str = "pre", **changes: object) -> TransformerConfig:
    sizes = {"encoder_layers": 2, "decoder_layers": 2, "d_model": 16, "d_ff": 24, "heads": 4, "max_length": 32}
    return TransformerConfig(11, **{**sizes, "dropout": 0.0, "norm": norm, **changes})


def scramble(module: nn.Module) -> None:
    """Move every weight away from its start, so that biases and gains count too."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.3)


def key_mask(batch: int, length: int) -> Tensor:
    """(B, 1, L), True at real keys; each sentence keeps at least its first."""
    real = torch.rand(batch, length) < 0.6
    real[:, 0] = True
    return real.unsqueeze(1)


@pytest.mark.parametrize(("b", "lq", "lk"), SHAPES)
@pytest.mark.parametrize("masked", ["nothing", "keys", "causal"])
def test_multi_head_attention_equals_torch(b: int, lq: int, lk: int, masked: str) -> None:
    ours, theirs = MultiHeadAttention(16, 4), nn.MultiheadAttention(16, 4, batch_first=True)
    scramble(ours)
    copy_weights(ours, theirs)
    lk = lq if masked == "causal" else lk
    query, key, value = torch.randn(b, lq, 16), torch.randn(b, lk, 16), torch.randn(b, lk, 16)
    real, causal = key_mask(b, lk), torch.ones(lq, lk).tril().bool()
    mask = {"nothing": None, "keys": real, "causal": causal}[masked]
    options = {"nothing": {}, "keys": {"key_padding_mask": ~real[:, 0]}, "causal": {"attn_mask": ~causal}}[masked]
    torch.testing.assert_close(ours(query, key, value, mask), theirs(query, key, value, **options)[0])


def test_recorded_weights_equal_those_of_torch() -> None:
    ours, theirs = MultiHeadAttention(16, 4), nn.MultiheadAttention(16, 4, batch_first=True)
    copy_weights(ours, theirs)
    x, ours.record = torch.randn(2, 5, 16), True
    output, weights = theirs(x, x, x, average_attn_weights=False)
    torch.testing.assert_close(ours(x, x, x), output)
    torch.testing.assert_close(ours.weights, weights)


def test_feed_forward_equals_equation_2() -> None:
    ours = FeedForward(16, 24)
    scramble(ours)
    x, inner, outer = torch.randn(2, 3, 16), ours.inner, ours.outer
    expected = torch.clamp(x @ inner.weight.T + inner.bias, min=0) @ outer.weight.T + outer.bias
    torch.testing.assert_close(ours(x), expected)


@NORMS
@pytest.mark.parametrize("whole", [False, True], ids=["layer", "stack"])
@pytest.mark.parametrize("masked", [False, True])
def test_encoder_equals_torch(norm: str, whole: bool, masked: bool) -> None:
    config = small(norm)
    theirs = nn.TransformerEncoderLayer(16, 4, 24, 0.0, batch_first=True, norm_first=norm == "pre")
    if whole:
        last = nn.LayerNorm(16) if norm == "pre" else None
        theirs = nn.TransformerEncoder(theirs, 2, last, enable_nested_tensor=False)
    ours = Encoder(config) if whole else EncoderLayer(config)
    scramble(ours)
    copy_weights(ours, theirs)
    x, real = torch.randn(3, 6, 16), key_mask(3, 6)
    expected = theirs(x, src_key_padding_mask=~real[:, 0] if masked else None)
    torch.testing.assert_close(ours(x, real if masked else None), expected)


@NORMS
@pytest.mark.parametrize("whole", [False, True], ids=["layer", "stack"])
@pytest.mark.parametrize("masked", [False, True])
def test_decoder_equals_torch(norm: str, whole: bool, masked: bool) -> None:
    config = small(norm)
    theirs = nn.TransformerDecoderLayer(16, 4, 24, 0.0, batch_first=True, norm_first=norm == "pre")
    if whole:
        theirs = nn.TransformerDecoder(theirs, 2, nn.LayerNorm(16) if norm == "pre" else None)
    ours = Decoder(config) if whole else DecoderLayer(config)
    scramble(ours)
    copy_weights(ours, theirs)
    x, memory, real = torch.randn(3, 5, 16), torch.randn(3, 6, 16), key_mask(3, 6)
    causal = torch.ones(5, 5).tril().bool()
    options = {"tgt_mask": ~causal, "memory_key_padding_mask": ~real[:, 0]} if masked else {}
    got = ours(x, memory, causal, real) if masked else ours(x, memory)
    torch.testing.assert_close(got, theirs(x, memory, **options))


@NORMS
@pytest.mark.parametrize("tie", [True, False])
def test_the_whole_equals_torch_in_output_and_gradient(norm: str, tie: bool) -> None:
    config = small(norm, tie=tie)
    ours, theirs = Transformer(config), TorchTwin(config)
    scramble(ours)
    copy_weights(ours, theirs)
    source, target = torch.randint(3, 11, (3, 6)), torch.randint(3, 11, (3, 5))
    source[1, 4:] = PAD
    got, expected = ours(source, target), theirs(source, target)
    torch.testing.assert_close(got, expected)
    weight = torch.randn_like(got)
    for output in (got, expected):
        (output * weight).sum().backward()
    torch.testing.assert_close(ours.source_embedding.weight.grad, theirs.source_embedding.weight.grad)
    torch.testing.assert_close(ours.output.weight.grad, theirs.output.weight.grad)


def test_a_query_that_may_attend_to_nothing_stays_finite_with_its_gradients() -> None:
    ours, x = MultiHeadAttention(16, 4), torch.randn(2, 3, 16, requires_grad=True)
    mask = torch.ones(2, 3, 3, dtype=torch.bool)
    mask[1, 2] = False
    output = ours(x, x, x, mask)
    output.sum().backward()
    torch.testing.assert_close(output[1, 2], ours.output.bias)
    assert x.grad.isfinite().all()
    assert all(p.grad.isfinite().all() for p in ours.parameters())
