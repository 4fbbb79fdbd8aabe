def dependencies(model, ids, vocabulary):
    length = len(ids)
    batch = torch.zeros(vocabulary, length, dtype=torch.long)
    before = model(batch[:1])[0]
    found = torch.zeros(length, length, dtype=torch.bool)
    for j in range(length):
        changed = batch.clone()
        changed[:, j] = torch.arange(vocabulary)
        found[:, j] = (model(changed) != before).any(dim=0)
    return found
