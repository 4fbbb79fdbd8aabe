def match_weights(query, keys):
    scores = torch.tensor(keys) @ torch.tensor(query) / math.sqrt(len(query))
    exponentials = torch.exp(scores - scores.max())
    return (exponentials / exponentials.sum()).tolist()
