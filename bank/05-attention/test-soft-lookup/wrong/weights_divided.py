def soft_lookup(query, key, value, temperature):
    distance = ((query[:, None] - key[None]) ** 2).sum(-1)
    weights = torch.softmax(-distance, dim=-1) / temperature
    return weights @ value
