"""Laws of decoding, on random models sharpened so that their choices are not ties."""

import itertools

import pytest
import torch

from translator.config import TransformerConfig
from translator.decoding import beam, greedy
from translator.decoding.prefixes import Prefixes
from translator.decoding.search import limits, penalty
from translator.decoding.translate import cross_attention
from translator.encoder import EncoderLayer
from translator.multi_head import MultiHeadAttention
from translator.parts import Parts
from translator.transformer import Transformer
from translator.vocabulary import BOS, EOS, PAD

pytestmark = pytest.mark.usefixtures("float64")


def model(vocabulary: int = 17, parts: Parts | None = None, **changes: object) -> Transformer:
    sizes = {"encoder_layers": 2, "decoder_layers": 2, "d_model": 16, "d_ff": 24, "heads": 4, "max_length": 30}
    net = Transformer(TransformerConfig(vocabulary, tie=False, **{**sizes, **changes}), parts).eval()
    with torch.no_grad():
        net.output.weight.mul_(3.0)
        net.output.weight[EOS] *= 1.5
    return net


def sources(count: int, vocabulary: int = 17) -> list[list[int]]:
    lengths = torch.randint(1, 8, (count,)).tolist()
    return [[*torch.randint(3, vocabulary, (n,)).tolist(), EOS] for n in lengths]


@pytest.mark.parametrize("positions", ["sinusoidal", "learned", "rotary"])
@pytest.mark.parametrize("norm", ["pre", "post"])
def test_cached_equals_uncached(positions: str, norm: str) -> None:
    net, given = model(positions=positions, norm=norm), sources(5)
    cached, plain = Prefixes(net, given), Prefixes(net, given, cached=False)
    for rows in ([0, 1, 2, 3, 4], [4, 0, 0, 2], [1, 2, 0], [2]):
        with torch.inference_mode():
            scores = [prefixes.scores() for prefixes in (cached, plain)]
        torch.testing.assert_close(scores[0], scores[1])
        for prefixes in (cached, plain):
            prefixes.extend(scores[0].argmax(-1)[rows], torch.tensor(rows))
    assert cached.cache[0].own.length == 4
    assert greedy(net, given) == greedy(net, given, cached=False)
    assert beam(net, given, 3) == beam(net, given, 3, cached=False)


def test_beam_of_one_equals_greedy() -> None:
    net, given = model(), sources(30)
    results = greedy(net, given)
    assert beam(net, given, 1) == results
    assert len({len(ids) for ids in results}) > 3, "translations of different lengths, so that rows are dropped"


@pytest.mark.parametrize("width", [1, 4])
def test_the_batch_never_changes_a_translation(width: int) -> None:
    net, given = model(), sources(12)
    together = beam(net, given, width)
    assert together == [beam(net, [source], width)[0] for source in given]


def score(net: Transformer, source: list[int], target: list[int]) -> float:
    ids = torch.tensor([[BOS, *target]])
    logits = net(torch.tensor([source]), ids[:, :-1])
    logits[..., [PAD, BOS]] = -torch.inf
    total = logits.log_softmax(-1).gather(-1, ids[:, 1:, None]).sum()
    return float(total / penalty(len(target), 0.6))


def test_a_beam_that_holds_everything_finds_the_best_translation() -> None:
    net = model(vocabulary=5, max_length=5)  # two words: 3 + 4 + ... few enough to try all
    for source in sources(6, vocabulary=5):
        source = source[-4:]
        limit = limits(net, [source])[0]
        every = [
            (*words, *end)
            for n in range(limit + 1)
            for words in itertools.product([3, 4], repeat=n)
            for end in ([(EOS,)] if n < limit else [()])
        ]
        with torch.no_grad():
            best = max(every, key=lambda ids: score(net, source, list(ids)))
        assert beam(net, [source], 64)[0] == [i for i in best if i != EOS]


def test_a_wider_beam_is_never_worse_here_and_sometimes_better() -> None:
    net, given = model(), sources(40)
    with torch.no_grad():
        gains = [
            score(net, s, [*wide, EOS]) - score(net, s, [*narrow, EOS])
            for s, wide, narrow in zip(given, beam(net, given, 8), greedy(net, given), strict=True)
            if max(len(wide), len(narrow)) < limits(net, [s])[0] - 1
        ]
    assert sum(gains) > 0
    assert max(gains) > 1e-3


def test_a_translation_stops_at_its_limit() -> None:
    net = model()
    with torch.no_grad():
        net.output.weight[EOS] = 0
        net.decoder.norm.bias.copy_(net.output.weight[5])  # always the same word
    given = sources(4)
    for results in (greedy(net, given), beam(net, given, 3)):
        assert [len(ids) for ids in results] == limits(net, given)


def test_parts_that_cannot_cache_decode_all_the_same() -> None:
    def wrapped(config: TransformerConfig) -> torch.nn.Module:
        class Mine(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.inner = MultiHeadAttention(config.d_model, config.heads)

            def forward(self, *inputs: object) -> torch.Tensor:
                return self.inner(*inputs)

        return Mine()

    ours, theirs = model(), model(parts=Parts(multi_head=wrapped))
    for own, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        other.data.copy_(own.data)
    given = sources(6)
    assert Prefixes(theirs, given).cache is None
    assert greedy(theirs, given) == greedy(ours, given)
    assert isinstance(ours.encoder.layers[0], EncoderLayer)


def test_recorded_cross_attention_is_a_distribution_over_the_source_for_each_target_token() -> None:
    net, source = model(), sources(1)[0]
    target = [5, 6, 7, EOS]
    weights = cross_attention(net, source, target)
    assert weights.shape == (2, 4, 4, len(source))
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 4, 4))
    assert not net.decoder.layers[0].cross_attention.record
