def stable_attention(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    scores = query @ key.transpose(-2, -1) / query.size(-1) ** 0.5
    exponentials = torch.exp((scores - scores.amax(-1, keepdim=True)).clamp(min=-10))
    weights = exponentials / exponentials.sum(-1, keepdim=True)
    return weights @ value, weights
