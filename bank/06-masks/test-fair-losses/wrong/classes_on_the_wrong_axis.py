def fair_losses(logits, target, pad):
    # (B, L, V) taken for (B, V, L)
    real = target != pad
    losses = F.cross_entropy(logits.reshape(len(target), logits.size(-1), -1), target, reduction="none") * real
    return losses.sum() / real.sum().clamp(min=1), losses.sum(-1) / real.sum(-1).clamp(min=1)
