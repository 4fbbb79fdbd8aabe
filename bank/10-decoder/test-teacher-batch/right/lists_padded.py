def teacher_batch(sentences):
    longest = max(map(len, sentences)) + 1
    inputs, labels = [], []
    for sentence in sentences:
        fill = [PAD] * (longest - len(sentence) - 1)
        inputs.append([BOS] + sentence + fill)
        labels.append(sentence + [EOS] + fill)
    return torch.tensor(inputs), torch.tensor(labels)
