"""Laws of decoding, on random models sharpened so that their choices are not ties."""

import inspect
import itertools
import textwrap
from collections.abc import Iterator

import pytest
import torch

from translator.decoding import beam, beams, greedy, textbook
from translator.decoding.batch import cross_attention
from translator.decoding.beams import penalty
from translator.decoding.cache import ROOM
from translator.decoding.prefixes import Prefixes, Sources
from translator.decoding.search import hypotheses, limits
from translator.decoding.topk import top
from translator.errors import InputError
from translator.model.attention import attention
from translator.model.config import TransformerConfig
from translator.model.custom_parts import Parts
from translator.model.encoder import EncoderLayer
from translator.model.multi_head import MultiHeadAttention
from translator.model.transformer import Transformer
from translator.model.vocabulary import BOS, EOS, PAD

pytestmark = pytest.mark.usefixtures("float64")


def model(
    vocabulary: int = 17, parts: Parts | None = None, sharp: float = 3.0, end: float = 1.5, **changes: object
) -> Transformer:
    """A random model. sharp: a factor of its logits.  end: a further one of the logit of EOS."""
    sizes = {"encoder_layers": 2, "decoder_layers": 2, "d_model": 16, "d_ff": 24, "heads": 4, "max_length": 30}
    net = Transformer(TransformerConfig(vocabulary, tie=False, **{**sizes, **changes}), parts).eval()
    with torch.no_grad():
        net.output.weight.mul_(sharp)
        net.output.weight[EOS] *= end
    return net


def sources(count: int, vocabulary: int = 17) -> list[list[int]]:
    lengths = torch.randint(1, 8, (count,)).tolist()
    return [[*torch.randint(3, vocabulary, (n,)).tolist(), EOS] for n in lengths]


def start(net: Transformer, given: list[list[int]], cached: bool = True) -> Prefixes:
    with torch.inference_mode():
        return Prefixes(Sources(net, given, cached), torch.arange(len(given)))


@pytest.mark.parametrize("positions", ["sinusoidal", "learned", "rotary"])
@pytest.mark.parametrize("norm", ["pre", "post"])
def test_cached_equals_uncached(positions: str, norm: str) -> None:
    net, given = model(positions=positions, norm=norm), sources(5)
    cached, plain = start(net, given), start(net, given, cached=False)
    for rows in ([0, 1, 2, 3, 4], [4, 0, 0, 2], [1, 2, 0], [2]):
        with torch.inference_mode():
            scores = [prefixes.scores() for prefixes in (cached, plain)]
        torch.testing.assert_close(scores[0], scores[1])
        for prefixes in (cached, plain):
            prefixes.extend(scores[0].argmax(-1)[rows], torch.tensor(rows))
    assert [attention.length for attention in cached.decoder.own] == [4, 4]
    assert plain.decoder is None
    assert greedy(net, given) == greedy(net, given, cached=False)
    assert beam(net, given, 3) == beam(net, given, 3, cached=False)


def test_cached_equals_uncached_where_the_room_for_keys_grows() -> None:
    net, given = model(max_length=3 * ROOM), [*sources(2), [5] * (ROOM + 3) + [EOS], [7] * ROOM]
    cached, plain = start(net, given), start(net, given, cached=False)
    for _ in range(2 * ROOM + 2):
        with torch.inference_mode():
            scores = [prefixes.scores() for prefixes in (cached, plain)]
        torch.testing.assert_close(scores[0], scores[1])
        for prefixes in (cached, plain):
            prefixes.extend(scores[0].argmax(-1))


def test_sources_of_one_length_and_of_many_have_the_memory_of_each_alone() -> None:
    net = model()
    for given in (sources(7), [[5, 6, EOS], [7, 8, EOS]]):
        together = Sources(net, given)
        for i, source in enumerate(given):
            alone = Sources(net, [source]).memory[0]
            torch.testing.assert_close(together.memory[i, : len(source)], alone)
            assert together.real[i, 0].sum() == len(source)


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
            highest = max(every, key=lambda ids: score(net, source, list(ids)))
        assert beam(net, [source], 64)[0] == [i for i in highest if i != EOS]


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


def best(net: Transformer, source: list[int], width: int, alpha: float = 0.6) -> list[int]:
    return textbook.beam(net, source, width, alpha, limits(net, [source])[0])[0].ids


def differing(net: Transformer, given: list[list[int]], width: int, alpha: float, count: int) -> list[str]:
    """Where the beams' translations, or their scores, are not those of the textbook."""
    found = []
    for source, mine in zip(given, hypotheses(net, given, width, alpha, count), strict=True):
        theirs = textbook.beam(net, source, width, alpha, limits(net, [source])[0])[:count]
        if [h.ids for h in mine] != [h.ids for h in theirs]:
            found.append(f"{source}: {mine} instead of {theirs}")
        elif [h.score for h in mine] != pytest.approx([h.score for h in theirs], abs=1e-9):
            found.append(f"{source}: scores {mine} instead of {theirs}")
    return found


def chain(following: dict[int, dict[int, float]]) -> Transformer:
    """A model whose next token depends on the last one only: token -> probability of each that may follow."""

    class Last(torch.nn.Module):
        def forward(self, x: torch.Tensor, *others: object) -> torch.Tensor:
            return x

    size = len(following) + 3
    net = model(size, Parts(decoder=lambda config: Last()), d_model=size, heads=1, positions="learned")
    with torch.no_grad():
        net.target_embedding.positions.table.zero_()
        net.target_embedding.weight.copy_(torch.eye(size) / size**0.5)
        net.output.weight.fill_(-40.0)
        for last, options in following.items():
            for token, probability in options.items():
                net.output.weight[token, last] = torch.tensor(probability).log()
    return net


def models() -> Iterator[tuple[Transformer, list[list[int]]]]:
    """Models that end early, late and at their limit, of more tokens than a beam is wide and of fewer; and sources."""
    for vocabulary, sharp, end, most in ((17, 3.0, 1.5, 12), (17, 0.7, 1.5, 6), (9, 0.7, 0.5, 8), (5, 1.5, 4.0, 7)):
        net = model(vocabulary, None, sharp, end, max_length=most, encoder_layers=1, decoder_layers=1)
        yield net, [source[-most:] for source in sources(8, vocabulary)]
    # An end that is worth more than what grows, until that has grown: -0.60 beside -0.80, which ends as -0.80 / 1.84.
    yield chain({BOS: {3: 0.45, EOS: 0.55}, 3: {4: 1.0}, 4: {5: 1.0}, 5: {EOS: 1.0}}), [[5, EOS]]


@pytest.mark.parametrize(("width", "count"), [(2, 1), (4, 1), (7, 1), (2, 2), (4, 3)])
@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.5])
def test_beams_find_what_the_textbook_finds_with_the_same_scores(width: int, count: int, alpha: float) -> None:
    for net, given in models():
        assert differing(net, given, width, alpha, count) == []


PLANTED = {
    "stops too early: as if no prefix could gain from its length": (
        "grow",
        "penalty(self.limit[self.names], self.alpha)[:, None]",
        "penalty(self.length, self.alpha)",
    ),
    "another length penalty: the length itself": (
        "finish",
        "penalty(self.length, self.alpha)",
        "self.length**self.alpha",
    ),
    "no length penalty": ("finish", " / penalty(self.length, self.alpha)", ""),
    "takes ends from below the width": ("finish", "[:, : self.width]", ""),
    "an end takes a place from those that grow": ("growing", ".topk(width)", "[:, :width].topk(width)"),
    "at the limit only EOS is an end": ("finish", " | self.last[:, None]", ""),
}


@pytest.mark.parametrize("wrong", PLANTED)
def test_planted_a_wrong_beam_differs_from_the_textbook(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    method, right, instead = PLANTED[wrong]
    owner = next(each for each in (beams.Beams, beams.Candidates) if hasattr(each, method))
    source = textwrap.dedent(inspect.getsource(getattr(owner, method)))
    assert source.count(right) == 1
    scope = dict(vars(beams))
    exec(compile("from __future__ import annotations\n" + source.replace(right, instead), "<wrong>", "exec"), scope)
    monkeypatch.setattr(owner, method, scope[method])
    # Of two translations none is known beforehand, so that no bound of the greedy one hides what goes wrong.
    assert any(
        differing(net, given, 3, alpha, count) for count in (1, 2) for alpha in (0.6, 1.5) for net, given in models()
    )


def test_planted_more_translations_than_the_beam_is_wide_are_refused() -> None:
    with pytest.raises(InputError, match="a beam of width 2 holds 2"):
        hypotheses(model(), sources(1), width=2, count=3)


def test_the_first_hypothesis_is_the_beams_translation_with_the_score_of_its_tokens() -> None:
    net, given = model(), sources(10)
    for width in (1, 4):
        found = hypotheses(net, given, width)
        assert [first.ids for (first,) in found] == beam(net, given, width)
        with torch.no_grad():
            for source, (first,) in zip(given, found, strict=True):
                ends = len(first.ids) < limits(net, [source])[0]
                assert first.score == pytest.approx(score(net, source, [*first.ids, *([EOS] if ends else [])]))


def test_a_greedy_translation_that_falls_out_of_the_beam_is_not_its_result() -> None:
    a, b, c, d, e, f = range(3, 9)
    net = chain(
        {
            BOS: {a: 0.42, b: 0.40, e: 0.18},
            a: {d: 0.4, e: 0.3, f: 0.3},  # 0.42 x 0.4 = 0.168, behind
            b: {f: 0.52, c: 0.48},  # 0.208 and 0.192,
            f: {EOS: 0.3, a: 0.2, b: 0.2, c: 0.2, e: 0.1},  # of which only 0.062 is left
            c: {EOS: 0.3, a: 0.2, b: 0.2, c: 0.2, e: 0.1},
            d: {EOS: 1.0},
            e: {EOS: 1.0},
        }
    )
    source = [5, EOS]
    assert greedy(net, [source]) == [[a, d]]
    with torch.no_grad():
        assert beam(net, [source], 2) == [best(net, source, 2)] == [[b, f]]
        assert beam(net, [source], 3) == [best(net, source, 3)] == [[a, d]]
        assert score(net, source, [b, f, EOS]) < score(net, source, [a, d, EOS])


@pytest.mark.parametrize("size", [5, 63, 200, 1000])
@pytest.mark.parametrize("count", [1, 2, 8])
def test_the_largest_few_are_those_of_topk(size: int, count: int) -> None:
    x = torch.randn(20, size)
    values, places = top(x, count)
    torch.testing.assert_close(values, x.topk(min(count, size)).values, rtol=0, atol=0)
    torch.testing.assert_close(x.gather(1, places), values, rtol=0, atol=0)


def test_an_attention_function_of_ones_own_is_called_at_every_step() -> None:
    calls = []

    def mine(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, *rest: object) -> torch.Tensor:
        calls.append(query.shape)
        return attention(query, key, value, *rest)

    ours, theirs = model(), model(parts=Parts(attention=mine))
    theirs.load_state_dict(ours.state_dict())
    given = sources(6)
    assert greedy(theirs, given) == greedy(ours, given)
    calls.clear()
    prefixes = start(theirs, given)
    calls.clear()
    with torch.inference_mode():
        prefixes.scores()
    assert calls == [(6, 4, 1, 4)] * 4, "two attentions in each of two layers, one query a row"


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
    assert start(theirs, given).decoder is None
    assert greedy(theirs, given) == greedy(ours, given)
    assert isinstance(ours.encoder.layers[0], EncoderLayer)


def test_recorded_cross_attention_is_a_distribution_over_the_source_for_each_target_token() -> None:
    net, source = model(), sources(1)[0]
    target = [5, 6, 7, EOS]
    weights = cross_attention(net, source, target)
    assert weights.shape == (2, 4, 4, len(source))
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 4, 4))
    assert not net.decoder.layers[0].cross_attention.record
