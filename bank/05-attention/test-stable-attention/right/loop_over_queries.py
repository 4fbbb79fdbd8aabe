def one_row(q, key, value):
    scores = (key * q).sum(-1) / math.sqrt(len(q))
    exponentials = torch.exp(scores - scores.max())
    weights = exponentials / exponentials.sum()
    return (weights[:, None] * value).sum(0), weights


def stable_attention(query, key, value):
    lead, lq, lk, dv = query.shape[:-2], query.shape[-2], key.shape[-2], value.shape[-1]
    batch = math.prod(lead)
    outputs, weights = [], []
    for q, k, v in zip(query.reshape(batch, lq, -1), key.reshape(batch, lk, -1), value.reshape(batch, lk, dv)):
        rows = [one_row(row, k, v) for row in q]
        outputs.append(torch.stack([output for output, _ in rows]))
        weights.append(torch.stack([weight for _, weight in rows]))
    return torch.stack(outputs).reshape(*lead, lq, dv), torch.stack(weights).reshape(*lead, lq, lk)
