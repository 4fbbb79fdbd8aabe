def translate(model, source, extra):
    limits = [sum(token != PAD for token in row) + extra for row in source.tolist()]
    written = [[] for _ in limits]
    scores = [0.0] * len(limits)
    target = torch.full((len(limits), 1), BOS)
    while True:
        logs = F.log_softmax(model(source, target)[:, -1], dim=-1)
        new = []
        for b, row in enumerate(written):
            if len(row) == limits[b] or EOS in row:
                new.append(PAD)
                continue
            token = logs[b].argmax().item()
            row.append(token)
            scores[b] += logs[b, token].item()
            new.append(token)
        target = torch.cat([target, torch.tensor(new)[:, None]], dim=1)
        if all(len(row) == limit or EOS in row for row, limit in zip(written, limits)):
            break
    return target[:, 1:], torch.tensor(scores, dtype=torch.float64)
