def find_leaks(layer, x, mask):
    b, length = x.shape[:2]
    mask, found = mask.expand(b, length, length), []
    blocks = torch.autograd.functional.jacobian(layer, x)
    for a in range(b):
        depends = (blocks[a, :, :, a] != 0).any(-1).any(1)
        for i, j in (depends & ~mask[a] & ~torch.eye(length, dtype=torch.bool)).nonzero().tolist():
            found.append((a, i, a, j))
    return found
