"""Laws of the model on random shapes: causality, padding, packing, positions, tying, initialisation."""

import math

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from translator.model.attention import attention
from translator.model.config import TransformerConfig
from translator.model.custom_parts import Parts
from translator.model.decoder import Decoder, DecoderLayer
from translator.model.encoder import Encoder, EncoderLayer
from translator.model.feed_forward import FeedForward
from translator.model.multi_head import MultiHeadAttention
from translator.model.packing import PackedMask, Packing
from translator.model.positions import RotaryPositions, SinusoidalPositions
from translator.model.transformer import Transformer
from translator.model.vocabulary import PAD

KINDS = [("pre", "sinusoidal"), ("post", "sinusoidal"), ("pre", "learned"), ("pre", "rotary")]
EVERY_KIND = pytest.mark.parametrize(("norm", "positions"), KINDS)


def model(parts: Parts | None = None, **changes: object) -> Transformer:
    sizes = {"encoder_layers": 2, "decoder_layers": 2, "d_model": 16, "d_ff": 24, "heads": 4, "max_length": 40}
    return Transformer(TransformerConfig(13, **{**sizes, "dropout": 0.0, **changes}), parts).double()


def sentences(count: int, longest: int = 9) -> tuple[list[Tensor], Tensor, Packing]:
    """Random sentences: as a list, as a padded rectangle, and how they pack (in up to three groups)."""
    lengths = torch.randint(1, longest + 1, (count,)).tolist()
    drawn = [torch.randint(3, 13, (n,)) for n in lengths]
    cuts = sorted({count // 3, 2 * count // 3} - {0, count})
    return drawn, pad_sequence(drawn, batch_first=True, padding_value=PAD), Packing(lengths, cuts)


def embedded(net: Transformer, ids: Tensor) -> Tensor:
    """The embedding's output as a leaf, so that gradients tell which tokens were looked at."""
    return net.source_embedding(ids, torch.arange(ids.size(1))).detach().requires_grad_()


@EVERY_KIND
@pytest.mark.parametrize("length", [1, 2, 7])
def test_the_decoder_never_looks_ahead(norm: str, positions: str, length: int) -> None:
    net = model(norm=norm, positions=positions)
    x = embedded(net, torch.randint(3, 13, (2, length)))
    memory = torch.randn(2, 4, 16, dtype=torch.float64)
    output = net.decoder(x, memory, torch.ones(length, length).tril().bool(), None)
    for i in range(length):
        (gradient,) = torch.autograd.grad(output[:, i].square().sum(), x, retain_graph=True)
        assert gradient[:, i + 1 :].abs().sum() == 0, f"position {i} sees later positions"
        assert (gradient[:, : i + 1].abs().sum(-1) > 0).all(), f"position {i} does not see all earlier positions"


@EVERY_KIND
def test_padding_never_changes_the_output_of_real_positions(norm: str, positions: str) -> None:
    net = model(norm=norm, positions=positions)
    drawn, padded, _ = sentences(5)
    targets, target, _ = sentences(5)
    together = net(padded, target)
    for i, (source, wanted) in enumerate(zip(drawn, targets, strict=True)):
        torch.testing.assert_close(together[i, : len(wanted)], net(source[None], wanted[None])[0])


def test_no_gradient_reaches_padding() -> None:
    net = model()
    _, padded, _ = sentences(5)
    x, real = embedded(net, padded), padded != PAD
    net.encoder(x, real.unsqueeze(1))[real].square().sum().backward()
    assert x.grad[~real].abs().sum() == 0
    assert (x.grad[real].abs().sum(-1) > 0).all()


@EVERY_KIND
@pytest.mark.parametrize("count", [1, 2, 7])
def test_packed_equals_padded(norm: str, positions: str, count: int) -> None:
    net = model(norm=norm, positions=positions)
    drawn, source, sources = sentences(count)
    wanted, target, targets = sentences(count)
    hidden = net.hidden(torch.cat(drawn), torch.cat(wanted), sources, targets)
    torch.testing.assert_close(net.output(hidden), net(source, target)[target != PAD])


@pytest.mark.parametrize("count", [1, 2, 8])
def test_pack_and_unpack_are_inverse(count: int) -> None:
    drawn, padded, packing = sentences(count)
    packed = torch.cat(drawn)[:, None].double()
    torch.testing.assert_close(packing.unpack(packed), padded[..., None].double())
    torch.testing.assert_close(packing.pack(packing.unpack(packed)), packed)
    assert packing.positions.tolist() == [i for sentence in drawn for i in range(len(sentence))]
    assert packed[packing.last, 0].tolist() == [float(sentence[-1]) for sentence in drawn]


def test_packing_refuses_an_empty_sentence_and_masks_of_other_groups() -> None:
    with pytest.raises(ValueError, match="at least one token"):
        Packing([2, 0])
    with pytest.raises(ValueError, match="same groups"):
        PackedMask(Packing([1, 2, 3]), Packing([1, 2, 3], [1]))


def plain_attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, dropout: float) -> Tensor:
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.size(-1))
    return (scores if mask is None else scores.masked_fill(~mask, -1e9)).softmax(-1) @ value


class OnlyPadded(nn.Module):
    """A part as a reader would write it: it knows rectangles and boolean masks, and calls one of ours inside."""

    def __init__(self, part: nn.Module) -> None:
        super().__init__()
        self.part = part

    def forward(self, *inputs: Tensor | None) -> Tensor:
        for x in inputs:
            assert x is None or x.dtype == torch.bool or x.dim() == 3, "a rectangle or a mask was expected"
        return self.part(*inputs)


@pytest.mark.parametrize(
    "field", ["attention", "multi_head", "feed_forward", "encoder_layer", "decoder_layer", "encoder", "decoder"]
)
def test_a_callers_own_part_computes_the_same_padded_and_packed(field: str) -> None:
    builders = {
        "attention": plain_attention,
        "multi_head": lambda c: OnlyPadded(MultiHeadAttention(c.d_model, c.heads)),
        "feed_forward": lambda c: FeedForward(c.d_model, c.d_ff),
        "encoder_layer": lambda c: OnlyPadded(EncoderLayer(c)),
        "decoder_layer": lambda c: OnlyPadded(DecoderLayer(c)),
        "encoder": lambda c: OnlyPadded(Encoder(c)),
        "decoder": lambda c: OnlyPadded(Decoder(c)),
    }
    ours, theirs = model(), model(Parts(**{field: builders[field]}))
    for own, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        other.data.copy_(own.data)
    drawn, source, sources = sentences(4)
    wanted, target, targets = sentences(4)
    torch.testing.assert_close(theirs(source, target), ours(source, target))
    packed = theirs.hidden(torch.cat(drawn), torch.cat(wanted), sources, targets)
    torch.testing.assert_close(theirs.output(packed), ours(source, target)[target != PAD])


def test_a_part_that_is_no_module_is_refused() -> None:
    with pytest.raises(TypeError, match="encoder_layer"):
        model(Parts(encoder_layer=lambda config: attention))


def test_a_shift_of_sinusoidal_positions_is_one_rotation() -> None:
    table = SinusoidalPositions(16, 50).table.double()
    pairs = torch.view_as_complex(table.unflatten(-1, (8, 2)).flip(-1).contiguous())  # cos + i sin
    turned = pairs[7:] / pairs[:-7]
    torch.testing.assert_close(turned, turned[:1].expand_as(turned), rtol=0, atol=1e-5)
    expected = [math.sin(3 / 10000 ** (4 / 16)), math.cos(3 / 10000 ** (4 / 16))]
    torch.testing.assert_close(table[3, 4:6].tolist(), expected, rtol=0, atol=1e-6)


def test_rotary_scores_depend_on_the_distance_only() -> None:
    rotary = RotaryPositions(8, 60).double()
    q, k = torch.randn(1, 8, dtype=torch.float64), torch.randn(1, 8, dtype=torch.float64)
    scores = [float(rotary(q, s + 5) @ rotary(k, s).T) for s in range(0, 50, 7)]
    assert max(scores) - min(scores) < 1e-5
    assert abs(float(rotary(q, 5) @ rotary(k, 0).T) - float(rotary(q, 9) @ rotary(k, 0).T)) > 1e-3


def test_tying_leaves_one_matrix_and_untying_three() -> None:
    tied, untied = model(), model(tie=False)
    assert tied.source_embedding.weight is tied.target_embedding.weight is tied.output.weight
    extra = sum(p.numel() for p in untied.parameters()) - sum(p.numel() for p in tied.parameters())
    assert extra == 2 * 13 * 16


@pytest.mark.parametrize("norm", ["pre", "post"])
@pytest.mark.parametrize("layers", [2, 12])
def test_at_the_start_variances_are_near_one_and_the_loss_near_that_of_a_guess(norm: str, layers: int) -> None:
    config = TransformerConfig(
        1000, encoder_layers=layers, decoder_layers=layers, d_model=64, d_ff=256, heads=4, norm=norm, dropout=0.0
    )
    net = Transformer(config)
    source, target, wanted = (torch.randint(3, 1000, (8, 12)) for _ in range(3))
    x = net.source_embedding(source, torch.arange(12)) - net.source_embedding.positions(torch.arange(12))
    assert 0.8 < x.var() < 1.25
    for layer in net.encoder.layers:
        x = layer(x)
    assert 0.8 < x.var() < 2.5, "the sum that runs through the stack"
    logits = net(source, target)
    assert 0.7 < logits.var() < 1.4
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), wanted.flatten())
    assert abs(loss - (math.log(1000) + 0.5)) < 0.5


def test_a_sentence_that_is_too_long_is_refused_padded_and_packed() -> None:
    net, ids = model(max_length=4), torch.full((1, 5), 3)
    with pytest.raises(ValueError, match="5 tokens; this model takes at most 4"):
        net(ids, ids[:, :2])
    with pytest.raises(ValueError, match="at most 4"):
        net.hidden(ids[0], ids[0, :2], Packing([5]), Packing([2]))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"heads": 3}, "divides d_model"),
        ({"norm": "none"}, "expected one of"),
        ({"positions": "absolute"}, "expected one of"),
        ({"dropout": 1.0}, "dropout"),
        ({"d_ff": 0}, "at least 1"),
        ({"positions": "rotary", "heads": 16}, "odd"),
    ],
)
def test_a_config_that_cannot_be_built_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        TransformerConfig(13, **{"d_model": 16, "heads": 4, **change})


def test_a_config_survives_json_and_unknown_fields_and_sizes_do_not() -> None:
    config = TransformerConfig.named("tiny", 8000, norm="post")
    assert (config.encoder_layers, config.d_model, config.d_ff, config.heads, config.d_k) == (4, 128, 256, 4, 32)
    assert TransformerConfig.from_dict(config.to_dict()) == config
    with pytest.raises(ValueError, match="newer"):
        TransformerConfig.from_dict({**config.to_dict(), "experts": 8})
    with pytest.raises(ValueError, match="tiny, small, base"):
        TransformerConfig.named("huge", 8000)
