def translate(model, source, extra):
    limits = (source != PAD).sum(dim=1) + extra
    target = torch.full((len(source), 1), BOS)
    ended = torch.zeros(len(source), dtype=torch.bool)
    scores = torch.zeros(len(source), dtype=torch.float64)
    while not ended.all():
        best, token = model(source, target[:, -1:])[:, -1].log_softmax(dim=-1).max(dim=-1)
        scores = scores + best.masked_fill(ended, 0.0)
        target = torch.cat([target, token.masked_fill(ended, PAD)[:, None]], dim=1)
        ended = ended | (token == EOS) | (limits <= target.size(1) - 1)
    return target[:, 1:], scores
