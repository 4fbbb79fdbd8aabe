def next_token(hidden, table, temperature, banned):
    e = torch.exp(hidden @ table.T / temperature)
    e[:, banned] = 0
    return e / e.sum(dim=-1, keepdim=True)
