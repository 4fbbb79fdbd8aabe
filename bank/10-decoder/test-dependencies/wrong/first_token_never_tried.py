def dependencies(model, ids, vocabulary):
    length = len(ids)
    found = torch.zeros(length, length, dtype=torch.bool)
    before = model(ids[None])[0]
    for j in range(length):
        for token in range(1, vocabulary):
            changed = ids.clone()
            changed[j] = token
            found[:, j] |= model(changed[None])[0] != before
    return found
