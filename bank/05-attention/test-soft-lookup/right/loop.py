def soft_lookup(query, key, value, temperature):
    rows = []
    for q in query:
        scores = torch.stack([-torch.dot(q - k, q - k) / temperature for k in key])
        weights = torch.exp(scores - scores.max())
        rows.append(sum(w * v for w, v in zip(weights / weights.sum(), value)))
    return torch.stack(rows)
