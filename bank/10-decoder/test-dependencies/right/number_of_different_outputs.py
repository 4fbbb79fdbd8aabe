def dependencies(model, ids, vocabulary):
    n = ids.shape[0]
    result = torch.zeros((n, n), dtype=torch.bool)
    for j in range(n):
        outputs = []
        for token in range(vocabulary):
            sentence = ids.tolist()
            sentence[j] = token
            outputs.append(model(torch.tensor([sentence]))[0].tolist())
        for i in range(n):
            result[i, j] = len({output[i] for output in outputs}) > 1
    return result
