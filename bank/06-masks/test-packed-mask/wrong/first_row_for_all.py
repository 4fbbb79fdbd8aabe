def packed_mask(segments):
    row = segments[0]
    mask = ((row[:, None] == row[None, :]) & (row != 0)).tril()
    return mask.expand(segments.size(0), -1, -1)
