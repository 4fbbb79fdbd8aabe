def stable_attention(query, key, value):
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.size(-1))
    weights = torch.exp(scores - scores.amax(dim=-2, keepdim=True))
    weights = weights / weights.sum(dim=-1, keepdim=True)
    return weights @ value, weights
