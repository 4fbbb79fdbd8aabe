def teacher_batch(sentences):
    rows = [[BOS, *s, EOS] for s in sentences]
    width = max(len(row) for row in rows)
    target = torch.tensor([row + [PAD] * (width - len(row)) for row in rows])
    return target[:, :-1], target[:, 1:]
