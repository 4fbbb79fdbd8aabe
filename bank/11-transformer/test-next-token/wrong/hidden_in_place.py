def next_token(hidden, table, temperature, banned):
    hidden /= temperature
    logits = hidden @ table.transpose(0, 1)
    logits[:, banned] = -float("inf")
    return torch.softmax(logits, dim=-1)
