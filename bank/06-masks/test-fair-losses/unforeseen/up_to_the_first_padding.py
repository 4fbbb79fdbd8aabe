def fair_losses(logits, target, pad):
    lengths = (target == pad).int().cummax(-1).values.eq(0).sum(-1)
    real = torch.arange(target.size(1)) < lengths[:, None]
    losses = F.cross_entropy(logits.transpose(1, 2), target, reduction="none") * real
    return losses.sum() / real.sum().clamp(min=1), losses.sum(-1) / real.sum(-1).clamp(min=1)
