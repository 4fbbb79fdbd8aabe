def sentence_scores(logits, labels):
    real = labels != PAD
    labels[~real] = EOS  # so that an index is never wasted on padding
    picked = logits.log_softmax(dim=-1).gather(-1, labels.unsqueeze(-1)).squeeze(-1)
    return (picked * real).sum(dim=1)
