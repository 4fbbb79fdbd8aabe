def sentence_scores(logits, labels):
    picked = logits.softmax(dim=-1).gather(-1, labels.unsqueeze(-1)).squeeze(-1)
    return picked.log().masked_fill(labels == PAD, 0.0).sum(dim=1)
