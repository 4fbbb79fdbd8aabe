def fair_losses(logits, target, pad):
    real = target != pad
    probability = logits.softmax(-1).gather(-1, target[..., None]).squeeze(-1)
    losses = torch.where(real, -probability.log(), 0.0)
    return losses.sum() / real.sum().clamp(min=1), losses.sum(-1) / real.sum(-1).clamp(min=1)
