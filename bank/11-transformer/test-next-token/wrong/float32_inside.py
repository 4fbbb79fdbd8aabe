def next_token(hidden, table, temperature, banned):
    logits = hidden.float() @ table.float().T / temperature
    logits[:, banned] = -math.inf
    return logits.softmax(-1).to(hidden.dtype)
