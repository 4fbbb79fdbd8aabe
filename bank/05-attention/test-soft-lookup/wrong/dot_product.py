def soft_lookup(query, key, value, temperature):
    scores = query @ key.T / temperature
    return torch.softmax(scores, dim=-1) @ value
