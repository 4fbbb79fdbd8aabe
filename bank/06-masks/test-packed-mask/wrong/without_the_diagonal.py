def packed_mask(segments):
    same = (segments[:, :, None] == segments[:, None, :]) & (segments != 0)[:, None, :]
    return same.tril(-1)
