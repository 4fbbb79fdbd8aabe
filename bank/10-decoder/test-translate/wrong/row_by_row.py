def translate(model, source, extra):
    rows, scores = [], []
    for row in source:
        target, score = torch.tensor([[BOS]]), 0.0
        for _ in range(int((row != PAD).sum()) + extra):
            logs = model(row[None], target)[0, -1].log_softmax(dim=-1)
            token = logs.argmax()
            score += logs[token].item()
            target = torch.cat([target, token.view(1, 1)], dim=1)
            if token == EOS:
                break
        rows.append(target[0, 1:])
        scores.append(score)
    padded = nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=PAD)
    return padded, torch.tensor(scores, dtype=torch.float64)
