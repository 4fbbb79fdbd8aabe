def norm_gradients(x, weight, eps, upstream):
    """As autograd would walk back."""
    d = x.size(-1)
    centred = x - x.mean(dim=-1, keepdim=True)
    v = (centred**2).mean(dim=-1, keepdim=True)
    root = (v + eps).sqrt()
    at_y = upstream * weight
    at_root = -(at_y * centred).sum(dim=-1, keepdim=True) / root**2
    at_v = at_root / (2 * root)
    at_centred = at_y / root + at_v * 2 * centred / d
    by_x = at_centred - at_centred.mean(dim=-1, keepdim=True)
    axes = [0] if x.dim() > 1 else []
    y = centred / root
    by_weight = (upstream * y).sum(dim=axes) if axes else upstream * y
    by_bias = upstream.sum(dim=axes) if axes else upstream.clone()
    return by_x, by_weight, by_bias
