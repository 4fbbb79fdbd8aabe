def norm_gradients(x, weight, eps, upstream):
    d = x.shape[-1]
    centred = x - x.mean(-1, keepdim=True)
    inverse = torch.rsqrt(torch.einsum("...d,...d->...", centred, centred) / d + eps).unsqueeze(-1)
    y = centred * inverse
    g = torch.einsum("...d,d->...d", upstream, weight)
    g = g - g.mean(-1, keepdim=True)
    g = g - y * torch.einsum("...d,...d->...", g, y).unsqueeze(-1) / d
    by_weight = torch.einsum("...d,...d->d", upstream, y)
    return g * inverse, by_weight, torch.einsum("...d->d", upstream)
