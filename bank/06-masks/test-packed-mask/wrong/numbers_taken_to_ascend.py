def packed_mask(segments):
    past = torch.ones(segments.size(1), segments.size(1), dtype=torch.bool).tril()
    real = segments != 0
    return past & (segments[:, None, :] <= segments[:, :, None]) & real[:, None, :] & real[:, :, None]
