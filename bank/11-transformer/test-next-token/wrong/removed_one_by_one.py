def next_token(hidden, table, temperature, banned):
    left = list(range(len(table)))
    for token in banned:
        left.remove(token)
    result = torch.zeros(len(hidden), len(table), dtype=hidden.dtype)
    result[:, left] = (hidden @ table[left].T / temperature).softmax(-1)
    return result
