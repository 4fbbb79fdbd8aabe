def stable_attention(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Scaled dot-product attention that stays finite for scores of any size.

    query (..., Lq, d_k), key (..., Lk, d_k), value (..., Lk, d_v) -> output (..., Lq, d_v), weights (..., Lq, Lk).
    """
    query /= query.size(-1) ** 0.5
    scores = query @ key.transpose(-2, -1)
    exponentials = torch.exp(scores - scores.amax(-1, keepdim=True))
    weights = exponentials / exponentials.sum(-1, keepdim=True)
    return weights @ value, weights
