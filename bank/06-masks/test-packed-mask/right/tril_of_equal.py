def packed_mask(segments):
    equal = segments.unsqueeze(2) == segments.unsqueeze(1)
    return torch.tril(equal) & (segments != 0).unsqueeze(1)
