def packed_mask(segments):
    segments[segments == 0] = -1
    mask = (segments[:, :, None] == segments[:, None, :]).tril()
    return mask & (segments > 0)[:, None, :]
