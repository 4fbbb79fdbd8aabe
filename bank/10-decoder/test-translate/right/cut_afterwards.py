def translate(model, source, extra):
    limits = (source > PAD).sum(dim=1) + extra
    target = torch.full((len(source), 1), BOS)
    logs = []
    done = torch.zeros(len(source), dtype=torch.bool)
    for step in range(1, int(limits.max()) + 1):
        best = model(source, target)[:, -1].log_softmax(-1).max(-1)
        target = torch.cat([target, best.indices[:, None]], dim=1)
        logs.append(best.values)
        done |= (best.indices == EOS) | (limits <= step)
        if done.all():
            break
    tokens, logs = target[:, 1:], torch.stack(logs, dim=1)
    after_end = (tokens == EOS).cumsum(1) - (tokens == EOS).long() > 0
    over = torch.arange(tokens.size(1)) >= limits[:, None]
    gone = after_end | over
    return tokens.masked_fill(gone, PAD), logs.masked_fill(gone, 0.0).sum(1)
