def packed_mask(segments):
    return (segments[:, :, None] == segments[:, None, :]).tril()
