def next_token(hidden, table, temperature, banned):
    ids = torch.tensor(banned, dtype=torch.long)
    return (hidden @ table.T / temperature).index_fill(1, ids, -math.inf).softmax(1)
