def teacher_batch(sentences):
    width = max(map(len, sentences)) + 1
    inputs = [[BOS] + s + [PAD] * (width - len(s) - 1) for s in sentences]
    labels = [s + [PAD] * (width - len(s)) for s in sentences]
    return torch.tensor(inputs), torch.tensor(labels)
