def soft_lookup(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, temperature: float) -> torch.Tensor:
    squared = ((query[:, None] - key) ** 2).sum(-1)
    return torch.softmax(-squared / torch.tensor(temperature), dim=-1) @ value
