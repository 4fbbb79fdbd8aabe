def find_leaks(layer, x, mask):
    blocks = torch.autograd.functional.jacobian(layer, x)  # (B, L, n, B, L, d)

    depends = (blocks != 0).any(5).any(2)
    b, length = x.shape[:2]
    mask = mask.expand(b, length, length)
    return [tuple(p) for p in depends.nonzero() if p[0] != p[2] or (p[1] != p[3] and not mask[p[0], p[1], p[3]])]
