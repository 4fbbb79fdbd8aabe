def fair_losses(logits, target, pad):
    chosen = F.one_hot(target, logits.size(-1)).to(logits.dtype) * (target != pad).unsqueeze(-1)
    log_probability = F.log_softmax(logits, dim=-1)
    per_sentence = -torch.einsum("blv,blv->b", log_probability, chosen)
    count = chosen.sum((1, 2))
    safe = torch.maximum(count, torch.ones_like(count))
    total = torch.maximum(count.sum(), torch.ones_like(count[0]))
    return per_sentence.sum() / total, per_sentence / safe
