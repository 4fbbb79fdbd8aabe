def fair_losses(logits, target, pad):
    real = target != pad
    losses = -logits.log_softmax(-1).gather(-1, target[..., None]).squeeze(-1)

    losses = torch.where(real, losses, 0.0)
    n = real.sum(-1)
    sentences = losses.sum(-1) / torch.where(n > 0, n, 1)
    return losses.sum() / max(int(n.sum()), 1), sentences
