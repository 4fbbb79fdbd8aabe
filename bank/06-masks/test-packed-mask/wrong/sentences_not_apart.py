def packed_mask(segments):
    real = segments != 0
    past = torch.ones(segments.size(1), segments.size(1), dtype=torch.bool).tril()
    return past & real[:, None, :] & real[:, :, None]
