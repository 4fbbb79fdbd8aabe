def stable_attention(query, key, value):
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.size(-1))
    exponentials = torch.exp(scores - scores.amax(dim=-1, keepdim=True))
    output = exponentials @ value
    weights = exponentials / exponentials.sum(dim=-1, keepdim=True)
    return output, weights
