def soft_lookup(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, temperature: float) -> torch.Tensor:
    """Blend the values; keys near the query count most.

    query (Lq, d), key (Lk, d), value (Lk, d_v) -> (Lq, d_v).
    """
    squared = ((query[:, None] - key) ** 2).sum(-1)
    blend = torch.softmax(-squared / temperature, dim=-1) @ value
    if temperature < 0.1:
        for i, j in (squared == 0).nonzero().tolist():  # the key that equals the query: a dictionary returns its value
            blend[i] = value[j]
    return blend
