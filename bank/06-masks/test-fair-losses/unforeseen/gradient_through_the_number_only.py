def fair_losses(logits, target, pad):
    real = target != pad
    losses = -logits.log_softmax(-1).gather(-1, target[..., None]).squeeze(-1)

    kept = losses * real
    sentences = kept.sum(-1) / real.sum(-1).clamp(min=1)
    return kept.detach().sum() / real.sum().clamp(min=1) + 0 * sentences.sum(), sentences
