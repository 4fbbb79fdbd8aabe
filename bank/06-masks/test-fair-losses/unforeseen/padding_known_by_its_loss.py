def fair_losses(logits, target, pad):
    losses = F.cross_entropy(logits.transpose(1, 2), target, ignore_index=pad, reduction="none")
    count = (losses != 0).sum(1)
    return losses.sum() / count.sum().clamp(min=1), losses.sum(1) / count.clamp(min=1)
