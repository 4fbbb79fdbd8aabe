def teacher_batch(sentences):
    width = max(map(len, sentences)) + 1
    inputs, labels = torch.zeros(len(sentences), width), torch.zeros(len(sentences), width)
    for b, s in enumerate(sentences):
        inputs[b, : len(s) + 1] = torch.tensor([BOS] + s)
        labels[b, : len(s) + 1] = torch.tensor(s + [EOS])
    return inputs, labels
