def norm_gradients(x, weight, eps, upstream):
    d = x.shape[-1]
    mu = x.mean(dim=-1, keepdim=True)
    sigma = ((x - mu) ** 2).mean(dim=-1, keepdim=True)
    s = torch.sqrt(sigma + eps)
    y = (x - mu) / s
    g = upstream * weight
    by_x = (g - g.mean(dim=-1, keepdim=True) - y * (g * y).mean(dim=-1, keepdim=True)) / s
    by_weight = (upstream * y).sum(dim=(0, 1))
    by_bias = upstream.sum(dim=(0, 1))
    return by_x, by_weight, by_bias
