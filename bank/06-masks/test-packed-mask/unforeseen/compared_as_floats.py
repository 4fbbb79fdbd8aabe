def packed_mask(segments):
    numbers = segments.float()
    equal = (numbers[:, :, None] - numbers[:, None, :]).abs() < 0.5
    return equal.tril() & (segments != 0)[:, None, :]
