def packed_mask(segments):
    table = F.one_hot(segments, 100)[..., 1:].float()  # one column for each sentence
    return (table @ table.mT > 0).tril()
