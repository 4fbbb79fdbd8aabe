"""Laws of scaled dot-product attention: both paths, PyTorch's own function and the definition must agree."""

import math

import pytest
import torch
from torch import Tensor

from translator.model.attention import attention

# (axes before length and features), Lq, Lk, d_k, d_v
SHAPES = [((), 1, 1, 1, 1), ((2,), 3, 5, 4, 7), ((2, 3), 4, 4, 8, 8), ((2, 1, 3), 5, 2, 16, 3)]
both_paths = pytest.mark.parametrize("need_weights", [False, True])
shapes = pytest.mark.parametrize(("batch", "lq", "lk", "d_k", "d_v"), SHAPES)


@pytest.fixture
def draw() -> torch.Generator:
    return torch.Generator().manual_seed(1234)


def normal(*shape: int, draw: torch.Generator) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=draw, requires_grad=True)


def output(*arguments: Tensor, need_weights: bool, **more) -> Tensor:
    result = attention(*arguments, need_weights=need_weights, **more)
    return result[0] if need_weights else result


def inputs(batch: tuple[int, ...], lq: int, lk: int, d_k: int, d_v: int, draw: torch.Generator) -> tuple[Tensor, ...]:
    return normal(*batch, lq, d_k, draw=draw), normal(*batch, lk, d_k, draw=draw), normal(*batch, lk, d_v, draw=draw)


def random_mask(*shape: int, draw: torch.Generator) -> Tensor:
    """A mask with every query attending to at least its key 0."""
    mask = torch.rand(*shape, generator=draw) < 0.5
    mask[..., 0] = True
    return mask


@both_paths
@shapes
def test_output_is_the_softmax_average_of_the_values_written_as_loops(batch, lq, lk, d_k, d_v, need_weights, draw):
    query, key, value = inputs(batch, lq, lk, d_k, d_v, draw)
    got = output(query, key, value, need_weights=need_weights)
    assert got.shape == (*batch, lq, d_v)
    rows = [t.detach().reshape(-1, *t.shape[-2:]).tolist() for t in (query, key, value, got)]
    for queries, keys, values, outputs in zip(*rows, strict=True):
        for q, found in zip(queries, outputs, strict=True):
            scores = [sum(a * b for a, b in zip(q, k, strict=True)) / math.sqrt(d_k) for k in keys]
            weights = [math.exp(score) / sum(map(math.exp, scores)) for score in scores]
            expected = [sum(w * v[j] for w, v in zip(weights, values, strict=True)) for j in range(d_v)]
            assert found == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("masked", [False, True])
@shapes
def test_both_paths_and_torch_agree_in_output_and_gradients(batch, lq, lk, d_k, d_v, masked, draw):
    arguments = inputs(batch, lq, lk, d_k, d_v, draw)
    mask = random_mask(*batch, lq, lk, draw=draw) if masked else None
    direction = torch.randn(*batch, lq, d_v, dtype=torch.float64, generator=draw)
    expected = torch.nn.functional.scaled_dot_product_attention(*arguments, attn_mask=mask)
    expected_gradients = torch.autograd.grad(expected, arguments, direction)
    for need_weights in (False, True):
        got = output(*arguments, mask, need_weights=need_weights)
        torch.testing.assert_close(got, expected)
        torch.testing.assert_close(torch.autograd.grad(got, arguments, direction), expected_gradients)


def test_gradients_of_both_paths_are_those_of_finite_differences(draw):
    query, key, value = inputs((2,), 3, 4, 2, 3, draw)
    mask = random_mask(2, 3, 4, draw=draw)
    mask[0, 1] = False
    assert torch.autograd.gradcheck(lambda *t: attention(*t, mask), (query, key, value))
    assert torch.autograd.gradcheck(lambda *t: attention(*t, mask, need_weights=True), (query, key, value))


def test_weights_are_a_distribution_over_the_keys_that_the_mask_allows(draw):
    query, key, value = inputs((2, 3), 4, 5, 8, 6, draw)
    mask = random_mask(2, 1, 4, 5, draw=draw)
    got, weights = attention(query, key, value, mask, need_weights=True)
    assert weights.shape == (2, 3, 4, 5)
    assert (weights >= 0).all()
    assert ((weights > 0) == mask).all()
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3, 4, dtype=torch.float64))
    torch.testing.assert_close(weights @ value, got)


@both_paths
def test_what_stands_at_a_masked_key_changes_nothing(need_weights, draw):
    query, key, value = inputs((2,), 4, 5, 8, 6, draw)
    mask = random_mask(4, 5, draw=draw)
    mask[:, 3] = False
    before = output(query, key, value, mask, need_weights=need_weights)
    other_key, other_value = key.detach().clone(), value.detach().clone()
    other_key[:, 3], other_value[:, 3] = 100.0, -100.0
    after = output(query, other_key, other_value, mask, need_weights=need_weights)
    torch.testing.assert_close(after, before, rtol=0.0, atol=0.0)
    assert not torch.allclose(output(query, other_key, other_value, need_weights=need_weights), before)


@both_paths
@pytest.mark.parametrize("shape", [(5,), (1, 5), (4, 1), (4, 5), (3, 1, 5), (2, 1, 1, 5), (2, 3, 4, 5), ()])
def test_a_mask_that_broadcasts_means_the_same_as_the_expanded_mask(shape, need_weights, draw):
    query, key, value = inputs((2, 3), 4, 5, 8, 8, draw)
    mask = torch.rand(shape, generator=draw) < 0.5
    expanded = mask.expand(2, 3, 4, 5)
    got = output(query, key, value, mask, need_weights=need_weights)
    torch.testing.assert_close(got, output(query, key, value, expanded, need_weights=need_weights))


@both_paths
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_a_query_that_may_attend_to_nothing_gives_zeros_and_finite_gradients(dtype, need_weights, draw):
    query, key, value = (t.detach().to(dtype).requires_grad_() for t in inputs((2, 3), 4, 5, 8, 8, draw))
    mask = random_mask(2, 1, 4, 5, draw=draw)
    mask[0, 0, 2] = False
    with torch.autograd.set_detect_anomaly(True, check_nan=True):
        got = output(query, key, value, mask, need_weights=need_weights)
        gradients = torch.autograd.grad(got.square().sum(), (query, key, value))
    assert got.dtype == dtype
    assert (got[0, :, 2] == 0).all()
    assert (got[1] != 0).all()
    assert all(gradient.isfinite().all() for gradient in gradients)
    assert (gradients[0][0, :, 2] == 0).all(), "a query that sees nothing cannot matter"
    if need_weights:
        weights = attention(query, key, value, mask, need_weights=True)[1]
        assert (weights[0, :, 2] == 0).all()


@both_paths
def test_permuting_keys_with_their_values_changes_nothing_and_permuting_queries_permutes(need_weights, draw):
    query, key, value = inputs((2,), 4, 6, 8, 3, draw)
    keys, queries = torch.randperm(6, generator=draw), torch.randperm(4, generator=draw)
    expected = output(query, key, value, need_weights=need_weights)
    shuffled = output(query, key[:, keys], value[:, keys], need_weights=need_weights)
    torch.testing.assert_close(shuffled, expected)
    moved = output(query[:, queries], key, value, need_weights=need_weights)
    torch.testing.assert_close(moved, expected[:, queries])


def test_huge_scores_stay_finite(draw):
    query, key, value = (1e4 * t for t in inputs((2,), 3, 4, 8, 8, draw))
    for need_weights in (False, True):
        got = output(query, key, value, need_weights=need_weights)
        assert got.isfinite().all()


def test_dropout_keeps_the_expected_output_and_returns_the_weights_before_dropout():
    query, key = torch.zeros(1, 1, 4), torch.zeros(1, 2000, 4)  # equal weights
    value = torch.ones(1, 2000, 1)
    for need_weights in (False, True):
        torch.manual_seed(1)
        got = output(query, key, value, dropout=0.5, need_weights=need_weights)
        assert abs(got.item() - 1.0) > 1e-3, "nothing was dropped"
        assert got.item() == pytest.approx(1.0, abs=0.1)  # 4 standard deviations of 2000 coins
    _, weights = attention(query, key, value, dropout=0.5, need_weights=True)
    torch.testing.assert_close(weights, torch.full((1, 1, 2000), 1 / 2000))


q, k, v = torch.zeros(2, 4, 8), torch.zeros(2, 5, 8), torch.zeros(2, 5, 6)
MISUSES = {
    "d_k differs": ((q, torch.zeros(2, 5, 7), v, None), r"found 8 and 7"),
    "key transposed": ((q, k.transpose(1, 2), v, None), r"transposed"),
    "lengths differ": ((q, k, torch.zeros(2, 4, 6), None), r"same length, found 5 and 4"),
    "batches differ": ((q, torch.zeros(3, 5, 8), torch.zeros(3, 5, 6), None), r"must be equal or 1"),
    "a bare vector": ((torch.zeros(8), k, v, None), r"unsqueeze"),
    "mask of numbers": ((q, k, v, torch.ones(4, 5)), r"torch.float32; expected torch.bool, True = may attend"),
    "mask transposed": ((q, k, v, torch.ones(5, 4, dtype=torch.bool)), r"\(5, 4\).*\(2, 4, 5\)"),
    "mask with too many axes": ((q, k, v, torch.ones(1, 2, 4, 5, dtype=torch.bool)), r"\(1, 2, 4, 5\).*\(2, 4, 5\)"),
    "mask of keys without the query axis": ((q, k, v, torch.ones(2, 5, dtype=torch.bool)), r"mask\[:, None, None, :\]"),
}


@both_paths
@pytest.mark.parametrize("misuse", MISUSES)
def test_a_misuse_is_refused_with_what_was_found_and_what_to_do(misuse, need_weights):
    arguments, message = MISUSES[misuse]
    with pytest.raises(ValueError, match=message):
        attention(*arguments, need_weights=need_weights)


@both_paths
@pytest.mark.parametrize("dropout", [-0.1, 1.0])
def test_a_dropout_that_is_no_probability_below_one_is_refused(dropout, need_weights):
    with pytest.raises(ValueError, match=r"expected a probability"):
        attention(q, k, v, dropout=dropout, need_weights=need_weights)
