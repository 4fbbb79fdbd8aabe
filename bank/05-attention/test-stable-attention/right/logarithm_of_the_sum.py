def stable_attention(query, key, value):
    scores = torch.matmul(query, key.transpose(-1, -2)).div(key.size(-1) ** 0.5)
    top = scores.topk(1, dim=-1).values
    log_sum = top + (scores - top).exp().sum(dim=-1, keepdim=True).log()
    weights = (scores - log_sum).exp()
    weights = weights / weights.sum(-1, keepdim=True)
    return weights @ value, weights
