def next_token(hidden, table, temperature, banned):
    logits = hidden @ table.transpose(0, 1)
    logits = logits / temperature
    logits[:, banned] = -float("inf")
    return torch.softmax(logits, dim=-1).squeeze(0)
