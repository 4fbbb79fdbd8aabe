def fair_losses(logits, target, pad):
    real = target != pad
    losses = -logits.log_softmax(-1).gather(-1, target[..., None]).squeeze(-1)

    sentences = (losses * real).sum(-1) / real.sum(-1).clamp(min=1)
    return sentences.mean(), sentences
