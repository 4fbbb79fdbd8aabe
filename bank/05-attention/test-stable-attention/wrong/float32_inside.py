def stable_attention(query, key, value):
    scores = query.float() @ key.float().transpose(-2, -1) / math.sqrt(query.size(-1))
    weights = torch.exp(scores - scores.amax(dim=-1, keepdim=True))
    weights = (weights / weights.sum(dim=-1, keepdim=True)).to(query.dtype)
    return weights @ value, weights
