def find_leaks(layer, x, mask):
    before = layer(x)
    b, length = x.shape[:2]
    depends = torch.zeros(b, length, b, length, dtype=torch.bool)
    for c in range(b):
        for j in range(length):
            x[c, j] += 1000.0
            depends[:, :, c, j] = (layer(x) != before).any(-1)
            x[c, j] -= 1000.0  # and back

    b, length = x.shape[:2]
    mask = mask.expand(b, length, length)
    found = []
    for a in range(b):
        for i in range(length):
            for c in range(b):
                for j in range(length):
                    forbidden = a != c or (i != j and not mask[a, i, j])
                    if forbidden and depends[a, i, c, j]:
                        found.append((a, i, c, j))
    return found
