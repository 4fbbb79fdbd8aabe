def packed_mask(segments):
    return ((segments[0][:, None] == segments[0]) & (segments[0] != 0)).tril()
