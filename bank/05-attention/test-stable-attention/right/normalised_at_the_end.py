def softmax(scores):
    exponentials = torch.exp(scores - torch.amax(scores, dim=-1, keepdim=True))
    return exponentials, exponentials.sum(dim=-1, keepdim=True)


def stable_attention(query, key, value):
    exponentials, total = softmax(query @ key.mT / math.sqrt(query.size(-1)))
    return exponentials @ value / total, exponentials / total
