def find_leaks(layer, x, mask):
    blocks = torch.autograd.functional.jacobian(layer, x)  # (B, L, n, B, L, d)
    depends = (blocks != 0).any(5).any(2)

    b, length = x.shape[:2]
    mask = mask.expand(b, length, length)
    found = []
    for a in range(b):
        for i in range(length):
            for c in range(b):
                for j in range(length):
                    forbidden = a != c or (i != j and not mask[0, i, j])
                    if forbidden and depends[a, i, c, j]:
                        found.append((a, i, c, j))
    return found
