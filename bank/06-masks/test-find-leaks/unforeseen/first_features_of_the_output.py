def find_leaks(layer, x, mask):
    leaf = x.clone().requires_grad_()
    output = layer(leaf)
    b, length, d = x.shape
    depends = torch.zeros(b, length, b, length, dtype=torch.bool)
    for a in range(b):
        for i in range(length):
            for f in range(d):  # n is taken to be d
                (slope,) = torch.autograd.grad(output[a, i, f], leaf, retain_graph=True)
                depends[a, i] |= (slope != 0).any(-1)

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
