def fair_losses(logits, target, pad):
    real = target != pad
    losses = F.cross_entropy(logits.float().transpose(1, 2), target, ignore_index=pad, reduction="none")
    whole = losses.sum() / real.sum().clamp(min=1)
    return whole.to(logits.dtype), (losses.sum(-1) / real.sum(-1).clamp(min=1)).to(logits.dtype)
