def stable_attention(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    keys = key.transpose(-2, -1)
    keys /= math.sqrt(query.size(-1))
    scores = query @ keys
    exponentials = torch.exp(scores - scores.amax(-1, keepdim=True))
    weights = exponentials / exponentials.sum(-1, keepdim=True)
    return weights @ value, weights
