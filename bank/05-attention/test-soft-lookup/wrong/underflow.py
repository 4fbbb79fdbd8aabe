def soft_lookup(query, key, value, temperature):
    distance = ((query[:, None] - key[None]) ** 2).sum(-1)
    weights = torch.exp(-distance / temperature)
    return weights @ value / weights.sum(-1, keepdim=True)
