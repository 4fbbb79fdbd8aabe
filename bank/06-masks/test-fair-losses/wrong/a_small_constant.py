def fair_losses(logits, target, pad):
    real = target != pad
    losses = -logits.log_softmax(-1).gather(-1, target[..., None]).squeeze(-1)

    kept = losses * real
    return kept.sum() / (real.sum() + 1e-6), kept.sum(-1) / (real.sum(-1) + 1e-6)
