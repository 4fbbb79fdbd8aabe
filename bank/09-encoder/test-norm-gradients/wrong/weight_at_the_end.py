def norm_gradients(x, weight, eps, upstream):
    d = x.shape[-1]
    mu = x.mean(dim=-1, keepdim=True)
    sigma = ((x - mu) ** 2).mean(dim=-1, keepdim=True)
    s = torch.sqrt(sigma + eps)
    y = (x - mu) / s
    g = upstream
    by_x = (g - g.mean(dim=-1, keepdim=True) - y * (g * y).mean(dim=-1, keepdim=True)) / s * weight
    by_weight = (upstream * y).reshape(-1, d).sum(dim=0)
    by_bias = upstream.reshape(-1, d).sum(dim=0)
    return by_x, by_weight, by_bias
