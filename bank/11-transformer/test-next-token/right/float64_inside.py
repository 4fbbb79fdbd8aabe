def next_token(hidden, table, temperature, banned):
    logits = F.linear(hidden.double(), table.double()) / temperature
    for token in set(banned):
        logits[..., token] = -torch.inf
    return (logits - logits.logsumexp(-1, keepdim=True)).exp().to(hidden.dtype)
