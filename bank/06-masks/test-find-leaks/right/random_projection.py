def find_leaks(layer, x, mask):
    # a random mixture of the features does not cancel
    leaf = x.clone().requires_grad_()
    output = layer(leaf)
    mixture = output @ torch.linspace(0.3, 1.7, output.size(-1), dtype=x.dtype).square()
    b, length = mixture.shape
    rows = [torch.autograd.grad(mixture[a, i], leaf, retain_graph=True)[0] for a in range(b) for i in range(length)]
    depends = torch.stack(rows).abs().amax(-1).reshape(b, length, b, length) > 0
    here = torch.eye(b, dtype=torch.bool)[:, None, :, None]
    allowed = here & (mask.broadcast_to(b, length, length) | torch.eye(length, dtype=torch.bool))[:, :, None, :]
    return sorted(tuple(place) for place in torch.argwhere(depends & ~allowed).tolist())
