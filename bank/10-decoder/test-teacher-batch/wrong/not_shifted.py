def teacher_batch(sentences):
    width = max(map(len, sentences)) + 1
    rows = [s + [EOS] + [PAD] * (width - len(s) - 1) for s in sentences]
    return torch.tensor(rows), torch.tensor(rows)
