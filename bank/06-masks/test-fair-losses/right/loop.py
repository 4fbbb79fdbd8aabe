def fair_losses(logits, target, pad):
    sums, counts = [], []
    for row, ids in zip(logits, target):
        terms = [row[i].logsumexp(0) - row[i, t] for i, t in enumerate(ids.tolist()) if t != pad]
        sums.append(torch.stack(terms).sum() if terms else (row * 0).sum())
        counts.append(len(terms))
    sentences = torch.stack([s / max(n, 1) for s, n in zip(sums, counts)])
    return torch.stack(sums).sum() / max(sum(counts), 1), sentences
