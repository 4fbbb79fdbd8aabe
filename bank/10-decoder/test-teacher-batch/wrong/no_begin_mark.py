def teacher_batch(sentences):
    width = max(map(len, sentences)) + 1
    inputs = [s + [PAD] * (width - len(s)) for s in sentences]
    labels = [s + [EOS] + [PAD] * (width - len(s) - 1) for s in sentences]
    return torch.tensor(inputs), torch.tensor(labels)
