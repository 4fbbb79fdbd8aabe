def find_leaks(layer, x, mask):
    blocks = torch.autograd.functional.jacobian(layer, x)  # (B, L, n, B, L, d)

    depends = (blocks != 0).any(5).any(2)
    b, length = x.shape[:2]
    if mask.dim() == 2:
        mask = mask.expand(b, length, length)
    places = depends.nonzero().tolist()
    return [(a, i, c, j) for a, i, c, j in places if a != c or (i != j and not mask[a, i, j])]
