def packed_mask(segments):
    b, length = segments.shape
    mask = torch.zeros(b, length, length, dtype=torch.bool)
    for s in range(b):
        for i in range(length):
            for j in range(i + 1):
                if segments[s, i] == segments[s, j] != 0:
                    mask[s, i, j] = True
    return mask
