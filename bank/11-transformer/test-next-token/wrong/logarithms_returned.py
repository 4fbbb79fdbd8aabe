def next_token(hidden, table, temperature, banned):
    logits = hidden @ table.transpose(0, 1)
    logits = logits / temperature
    logits[:, banned] = -float("inf")
    return torch.log_softmax(logits, dim=-1)
