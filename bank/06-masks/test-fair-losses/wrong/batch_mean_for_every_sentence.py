def fair_losses(logits, target, pad):
    mean = F.cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index=pad)
    return mean, mean.expand(len(target))
