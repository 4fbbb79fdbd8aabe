def stable_attention(query, key, value):
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.size(-1))
    weights = torch.exp(scores)
    weights = weights / weights.sum(dim=-1, keepdim=True)
    weights = torch.nan_to_num(weights)
    return weights @ value, weights
