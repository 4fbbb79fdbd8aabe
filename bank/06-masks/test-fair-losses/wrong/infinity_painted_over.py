def fair_losses(logits, target, pad):
    real = target != pad
    losses = -logits.log_softmax(-1).gather(-1, target[..., None]).squeeze(-1)

    kept = losses * real
    whole = kept.sum() / real.sum()
    sentences = kept.sum(-1) / real.sum(-1)
    return whole.nan_to_num(0.0), sentences.nan_to_num(0.0)
