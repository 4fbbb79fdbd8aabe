def stable_attention(query, key, value):
    dtype = query.dtype
    scores = query.double() @ key.double().transpose(-2, -1) / math.sqrt(query.size(-1))
    scores -= scores.amax(-1, keepdim=True)
    weights = scores.exp_()
    weights /= weights.sum(-1, keepdim=True)
    return (weights @ value.double()).to(dtype), weights.to(dtype)
