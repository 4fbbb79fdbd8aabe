def soft_lookup(query, key, value, temperature):
    temperature = max(temperature, 1e-3)  # so that nothing overflows
    distance = ((query[:, None] - key[None]) ** 2).sum(-1)
    return torch.softmax(-distance / temperature, dim=-1) @ value
