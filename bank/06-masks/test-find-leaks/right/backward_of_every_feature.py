def find_leaks(layer, x, mask):
    x = x.detach().clone().requires_grad_()
    output = layer(x)
    b, length, n = output.shape
    depends = torch.zeros(b, length, *x.shape[:2], dtype=torch.bool)
    for a in range(b):
        for i in range(length):
            for f in range(n):
                (slope,) = torch.autograd.grad(output[a, i, f], x, retain_graph=True)
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
