def fair_losses(logits, target, pad):
    real = target != 0
    losses = F.cross_entropy(logits.transpose(1, 2), target, reduction="none") * real
    return losses.sum() / real.sum().clamp(min=1), losses.sum(-1) / real.sum(-1).clamp(min=1)
