def match_weights(query, keys):
    scores = torch.tensor(keys) @ torch.tensor(query) / math.sqrt(len(query))
    exponentials = scores.exp()
    return exponentials / exponentials.sum()
