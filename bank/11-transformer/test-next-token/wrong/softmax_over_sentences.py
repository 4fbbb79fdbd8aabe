def next_token(hidden, table, temperature, banned):
    logits = hidden @ table.transpose(0, 1)
    logits = logits / temperature
    p = torch.softmax(logits, dim=0)
    p[:, banned] = 0
    return p
