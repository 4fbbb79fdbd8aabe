def fair_losses(logits, target, pad):
    weights = (target != pad).to(logits.dtype)
    flat = F.cross_entropy(logits.reshape(-1, logits.size(-1)), target.reshape(-1), reduction="none")
    losses = flat.view(target.shape) * weights
    count = weights.sum(1)
    mean = losses.sum(1) / count.clamp(min=1.0)
    return (mean * count).sum() / count.sum().clamp(min=1.0), mean
