def soft_lookup(query, key, value, temperature):
    distance = ((query[:, None] - key[None]) ** 2).sum(-1)
    scores = -distance / math.sqrt(query.size(-1))
    return torch.softmax(scores / temperature, dim=-1) @ value
