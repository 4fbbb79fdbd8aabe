def fair_losses(logits, target, pad):
    real = target != pad
    losses = -logits.log_softmax(-1).gather(-1, target[..., None]).squeeze(-1)

    kept = losses * real
    whole = kept.sum().item() / max(real.sum().item(), 1)
    return torch.tensor(whole, dtype=logits.dtype), kept.sum(-1) / real.sum(-1).clamp(min=1)
