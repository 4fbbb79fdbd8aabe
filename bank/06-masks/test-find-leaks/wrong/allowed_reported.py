def find_leaks(layer, x, mask):
    blocks = torch.autograd.functional.jacobian(layer, x)  # (B, L, n, B, L, d)
    depends = (blocks != 0).any(5).any(2)
    return [tuple(place) for place in depends.nonzero().tolist()]
