def stable_attention(query, key, value):
    scores = query @ key.transpose(1, 2) / math.sqrt(query.shape[2])
    weights = torch.exp(scores - scores.max(dim=2, keepdim=True).values)
    weights = weights / weights.sum(dim=2, keepdim=True)
    return weights @ value, weights
