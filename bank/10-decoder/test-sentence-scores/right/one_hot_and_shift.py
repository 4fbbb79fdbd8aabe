def sentence_scores(logits, labels):
    shifted = logits - logits.amax(dim=-1, keepdim=True)
    logs = shifted - shifted.exp().sum(dim=-1, keepdim=True).log()
    picked = (logs * F.one_hot(labels, logits.size(-1))).sum(dim=-1)
    return torch.where(labels != PAD, picked, torch.zeros_like(picked)).sum(dim=1)
