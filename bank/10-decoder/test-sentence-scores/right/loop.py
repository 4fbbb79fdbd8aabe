def sentence_scores(logits, labels):
    scores = []
    for rows, says in zip(logits, labels):
        total = rows.sum() * 0.0
        for row, label in zip(rows, says.tolist()):
            total = total + row[label] - torch.logsumexp(row, dim=0)
            if label == EOS:
                break
        scores.append(total)
    return torch.stack(scores)
