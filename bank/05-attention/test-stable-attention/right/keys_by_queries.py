def stable_attention(query, key, value):
    # the table lies the other way round, (..., Lk, Lq), until the very end
    scores = key @ (query / math.sqrt(query.size(-1))).transpose(-2, -1)
    scores = scores - scores.max(dim=-2, keepdim=True)[0]
    shares = scores.exp() / scores.exp().sum(dim=-2, keepdim=True)
    weights = shares.transpose(-1, -2)
    return torch.matmul(value.transpose(-1, -2), shares).transpose(-1, -2), weights
