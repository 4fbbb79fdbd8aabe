def fair_losses(logits, target, pad):
    losses = F.cross_entropy(logits.transpose(1, 2), target, reduction="none")
    return losses.mean(), losses.mean(-1)
