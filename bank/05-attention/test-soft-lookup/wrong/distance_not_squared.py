def soft_lookup(query, key, value, temperature):
    distance = torch.cdist(query, key)
    return torch.softmax(-distance / temperature, dim=-1) @ value
