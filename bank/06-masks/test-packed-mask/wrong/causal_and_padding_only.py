def packed_mask(segments):
    past = torch.ones(segments.size(1), segments.size(1), dtype=torch.bool).tril()
    return past & (segments != 0).unsqueeze(1)
