def sentence_scores(logits, labels):
    b, width, _ = logits.shape
    logs = F.log_softmax(logits, dim=2)
    picked = logs[torch.arange(b)[:, None], torch.arange(width), labels]
    after_the_end = (labels == EOS).long().cumsum(dim=1) - (labels == EOS).long()
    return picked.masked_fill(after_the_end > 0, 0).sum(dim=1)
