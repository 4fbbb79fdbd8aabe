def packed_mask(segments):
    same = ((segments[:, :, None] == segments[:, None, :]) & (segments != 0)[:, None, :]).tril()
    return torch.zeros(same.shape).masked_fill(~same, -math.inf)
