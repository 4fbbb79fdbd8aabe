def next_token(hidden, table, temperature, banned):
    rows = []
    for h in hidden:
        logits = [float("-inf") if i in banned else (row @ h).item() / temperature for i, row in enumerate(table)]
        top = max(logits)
        exponentials = [math.exp(logit - top) for logit in logits]
        rows.append([e / sum(exponentials) for e in exponentials])
    return torch.tensor(rows, dtype=hidden.dtype)
