def dependencies(model, ids, vocabulary):
    columns = []
    before = model(ids.unsqueeze(0))
    for j in range(ids.numel()):
        batch = ids.repeat(vocabulary, 1)
        batch[:, j] = torch.arange(vocabulary)
        columns.append((model(batch) - before).abs().sum(dim=0) > 0)
    return torch.stack(columns, dim=1)
