def dependencies(model, ids, vocabulary):
    length = len(ids)
    found = torch.zeros(length, length, dtype=torch.bool)
    before = model(ids[None])[0]
    for j in range(length):
        for token in range(vocabulary):
            changed = ids.clone()
            changed[j] = token
            moved = model(changed[None])[0] != before
            if moved.any():
                found[:, j] = moved
                break
    return found
