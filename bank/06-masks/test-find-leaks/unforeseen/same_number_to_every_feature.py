def find_leaks(layer, x, mask):
    before = layer(x)
    b, length = x.shape[:2]
    depends = torch.zeros(b, length, b, length, dtype=torch.bool)
    for c in range(b):
        for j in range(length):
            other = x.clone()
            other[c, j] += 1.0  # every feature alike
            depends[:, :, c, j] = (layer(other) != before).any(-1)

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
