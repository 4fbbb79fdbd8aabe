def sentence_scores(logits, labels):
    with torch.no_grad():
        logits -= logits.amax(dim=-1, keepdim=True)
    picked = logits.log_softmax(dim=-1).gather(-1, labels.unsqueeze(-1)).squeeze(-1)
    return (picked * (labels != PAD)).sum(dim=1)
