def soft_lookup(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, temperature: float) -> torch.Tensor:
    centre = key.mean(0)
    query -= centre
    key -= centre
    squared = (query**2).sum(-1, keepdim=True) - 2 * query @ key.T + (key**2).sum(-1)
    return torch.softmax(-squared / temperature, dim=-1) @ value
