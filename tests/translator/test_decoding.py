"""Laws of decoding, on random models sharpened so that their choices are not ties."""

import itertools

import pytest
import torch

from translator.attention import attend_once, attention
from translator.config import TransformerConfig
from translator.decoding import beam, greedy
from translator.decoding.prefixes import Prefixes
from translator.decoding.search import limits, penalty
from translator.decoding.top import top
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


def textbook(net: Transformer, source: list[int], width: int) -> list[int]:
    """Beam search as it is told, for one sentence: nothing is dropped, nothing is cached."""
    limit, rows, ended = limits(net, [source])[0], [([BOS], 0.0)], []
    for length in range(1, limit + 1):
        ids = torch.tensor([row for row, _ in rows])
        logits = net(torch.tensor([source] * len(rows)), ids)[:, -1]
        logits[:, [PAD, BOS]] = -torch.inf
        logs = logits.log_softmax(-1).tolist()
        every = [([*row, i], total + p) for (row, total), of in zip(rows, logs, strict=True) for i, p in enumerate(of)]
        every.sort(key=lambda pair: -pair[1])
        here = every[:width] if length == limit else [pair for pair in every[:width] if pair[0][-1] == EOS]
        ended += [(row, total / penalty(length, 0.6)) for row, total in here]
        rows = [pair for pair in every if pair[0][-1] != EOS][:width]
        if len(ended) >= 4 * width:  # far more than are ever needed
            break
    return [i for i in max(ended, key=lambda pair: pair[1])[0][1:] if i != EOS]


@pytest.mark.parametrize("width", [2, 4])
def test_dropping_prefixes_that_cannot_win_changes_no_result_but_for_a_better_greedy_one(width: int) -> None:
    net, given = model(max_length=14), sources(25)
    same = 0
    for source, found, first in zip(given, beam(net, given, width), greedy(net, given), strict=True):
        with torch.no_grad():
            plain = textbook(net, source, width)
            same += found == plain
            if found != plain and len(found) < limits(net, [source])[0] and len(plain) < limits(net, [source])[0]:
                assert found == first
                assert score(net, source, [*found, EOS]) > score(net, source, [*plain, EOS])
    assert same >= 20


@pytest.mark.parametrize("size", [5, 63, 200, 1000])
@pytest.mark.parametrize("count", [1, 2, 8])
def test_the_largest_few_are_those_of_topk(size: int, count: int) -> None:
    x = torch.randn(20, size)
    values, places = top(x, min(count, size))
    torch.testing.assert_close(values, x.topk(min(count, size)).values, rtol=0, atol=0)
    torch.testing.assert_close(x.gather(1, places), values, rtol=0, atol=0)


def test_attention_of_one_query_equals_attention_and_gives_zeros_where_nothing_may_be_seen() -> None:
    q, k, v = torch.randn(3, 1, 2, 4), torch.randn(3, 5, 2, 4), torch.randn(3, 5, 2, 4)
    mask = torch.rand(3, 1, 5) > 0.4
    mask[0], mask[1, :, 0] = False, True
    for some in (None, mask):
        heads = (x.transpose(1, 2) for x in (q, k, v))
        expected = attention(*heads, None if some is None else some[:, None]).transpose(1, 2)
        torch.testing.assert_close(attend_once(q, k, v, some), expected)
    assert attend_once(q, k, v, mask)[0].abs().max() == 0


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
