def sentence_scores(logits, labels):
    picked = logits.log_softmax(dim=-1).gather(-1, labels.unsqueeze(-1)).squeeze(-1)
    real = (labels != PAD) & (picked != 0)
    padded = logits.masked_fill((labels == PAD).unsqueeze(-1), 0.0)
    return (picked * real).sum(dim=1) + (padded[:, -1].sum(dim=-1) - logits[:, -1].sum(dim=-1)) * 1e-6
