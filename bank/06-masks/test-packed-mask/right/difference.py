def packed_mask(segments):
    # the difference of two numbers is 0 exactly when they are equal
    apart = segments[:, None, :] - segments[:, :, None]
    forbidden = (apart != 0) | (segments == 0)[:, None, :]
    forbidden = forbidden | torch.ones(segments.size(1), segments.size(1), dtype=torch.bool).triu(1)
    return ~forbidden
