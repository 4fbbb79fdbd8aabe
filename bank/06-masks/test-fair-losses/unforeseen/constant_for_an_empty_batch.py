def fair_losses(logits, target, pad):
    real = target != pad
    if not real.any():
        return torch.tensor(0.0, dtype=logits.dtype), torch.zeros(len(logits), dtype=logits.dtype)
    losses = F.cross_entropy(logits.transpose(1, 2), target, ignore_index=pad, reduction="none")
    count = real.sum(1)
    return losses.sum() / count.sum(), losses.sum(1) / count.clamp(min=1)
