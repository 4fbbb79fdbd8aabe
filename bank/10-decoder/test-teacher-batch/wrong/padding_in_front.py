def teacher_batch(sentences):
    width = max(map(len, sentences)) + 1
    inputs = [[PAD] * (width - len(s) - 1) + [BOS] + s for s in sentences]
    labels = [[PAD] * (width - len(s) - 1) + s + [EOS] for s in sentences]
    return torch.tensor(inputs), torch.tensor(labels)
