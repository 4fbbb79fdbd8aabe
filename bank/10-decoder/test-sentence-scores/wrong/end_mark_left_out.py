def sentence_scores(logits, labels):
    picked = logits.log_softmax(dim=-1).gather(-1, labels.unsqueeze(-1)).squeeze(-1)
    real = labels != PAD
    return (picked * (real & (labels != EOS))).sum(dim=1)
