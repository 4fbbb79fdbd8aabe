def packed_mask(segments):
    equal = segments[:, :, None] == segments[:, None, :]
    return ~(equal.tril() & (segments != 0)[:, None, :])
