def fair_losses(logits, target, pad):
    mean = F.cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index=pad)
    rows = [F.cross_entropy(row, ids, ignore_index=pad) for row, ids in zip(logits, target)]
    return mean, torch.stack(rows).nan_to_num(0.0)
