def stable_attention(query, key, value):
    scores = torch.einsum("...qd,...kd->...qk", query, key) / math.sqrt(key.shape[-1])
    scores = scores - scores.max(dim=-1, keepdim=True).values.detach()
    weights = torch.exp(scores)
    weights = weights / torch.einsum("...qk->...q", weights).unsqueeze(-1)
    return torch.einsum("...qk,...kv->...qv", weights, value), weights
