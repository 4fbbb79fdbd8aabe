def translate(model, source, extra):
    limits = (source != PAD).sum(dim=1) + extra
    target = torch.full((len(source), 1), BOS)
    running = torch.arange(len(source))
    scores = torch.zeros(len(source), dtype=torch.float64)
    while len(running):
        logs = model(source[running], target[running])[:, -1].log_softmax(dim=-1)
        best, token = logs.max(dim=-1)
        scores[running] += best
        column = torch.full((len(source), 1), PAD)
        column[running, 0] = token
        target = torch.cat([target, column], dim=1)
        running = running[(token != EOS) & (limits[running] > target.size(1) - 1)]
    return target[:, 1:], scores
