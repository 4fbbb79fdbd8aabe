def teacher_batch(sentences):
    width = max(map(len, sentences)) + 1
    inputs = [s + [PAD] * (width - len(s)) for s in sentences]
    labels = [[BOS] + s[:-1] + [EOS] + [PAD] * (width - len(s) - 1) for s in sentences]
    labels = [row[:width] for row in labels]
    return torch.tensor(inputs), torch.tensor(labels)
