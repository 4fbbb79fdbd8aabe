def packed_mask(segments):
    n = segments.size(1)
    past = torch.ones(n, n).tril().bool()
    same = (segments[:, :, None] == segments[:, None, :]) & (segments != 0)[:, None, :]
    return past & ~same
