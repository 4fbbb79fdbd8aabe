def next_token(hidden, table, temperature, banned):
    p = F.softmax(hidden @ table.T / temperature, dim=-1)
    p[:, banned] = 0
    return p
