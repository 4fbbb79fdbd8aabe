def packed_mask(segments):
    same = ((segments[:, :, None] == segments[:, None, :]) & (segments != 0)[:, None, :]).tril()
    return same.triu(-1)
