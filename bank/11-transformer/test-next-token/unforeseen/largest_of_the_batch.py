def next_token(hidden, table, temperature, banned):
    logits = hidden @ table.transpose(0, 1) / temperature
    logits[:, banned] = -float("inf")
    e = (logits - logits.max()).exp()
    return e / e.sum(-1, keepdim=True)
