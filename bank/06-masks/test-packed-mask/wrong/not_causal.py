def packed_mask(segments):
    return (segments[:, :, None] == segments[:, None, :]) & (segments != 0)[:, None, :]
