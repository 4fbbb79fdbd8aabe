def sentence_scores(logits, labels):
    best = logits.log_softmax(dim=-1).max(dim=-1).values
    return (best * (labels != PAD)).sum(dim=1)
