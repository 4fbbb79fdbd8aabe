def dependencies(model, ids, vocabulary):
    length = len(ids)
    found = torch.zeros(length, length, dtype=torch.bool)
    before = model(ids[None])[0]
    for j in range(length):
        for token in range(vocabulary):
            changed = ids.clone()
            changed[j] = token
            found[-1, j] |= model(changed[None])[0, -1] != before[-1]
    return found
