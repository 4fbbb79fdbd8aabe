def fair_losses(logits, target, pad):
    losses = F.cross_entropy(logits.transpose(1, 2), target, ignore_index=pad, reduction="none")
    return losses.sum(), losses.sum(-1)
