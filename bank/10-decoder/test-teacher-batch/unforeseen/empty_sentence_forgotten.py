def teacher_batch(sentences):
    width = max(map(len, sentences)) + 1
    inputs, labels = torch.full((len(sentences), width), PAD), torch.full((len(sentences), width), PAD)
    for b, s in enumerate(sentences):
        if not s:
            continue  # nothing to translate
        inputs[b, : len(s) + 1] = torch.tensor([BOS] + s)
        labels[b, : len(s) + 1] = torch.tensor(s + [EOS])
    return inputs, labels
