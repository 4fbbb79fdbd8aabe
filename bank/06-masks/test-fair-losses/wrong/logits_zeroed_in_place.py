def fair_losses(logits, target, pad):
    real = target != pad
    with torch.no_grad():
        logits[~real] = 0.0
    losses = F.cross_entropy(logits.transpose(1, 2), target, ignore_index=pad, reduction="none")
    return losses.sum() / real.sum().clamp(min=1), losses.sum(-1) / real.sum(-1).clamp(min=1)
