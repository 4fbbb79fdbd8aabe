def sentence_scores(logits, labels):
    picked = logits.softmax(dim=-1).gather(-1, labels.unsqueeze(-1)).squeeze(-1)
    return ((picked + 1e-7).log() * (labels != PAD)).sum(dim=1)
