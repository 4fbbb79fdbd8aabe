def soft_lookup(query, key, value, temperature):
    distance = ((query[:, None] - key[None]) ** 2).sum(-1)
    return torch.softmax(-distance * temperature, dim=-1) @ value
