def norm_gradients(x, weight, eps, upstream):
    d, dtype = x.shape[-1], x.dtype
    x, weight, upstream = x.float(), weight.float(), upstream.float()
    mu = x.mean(dim=-1, keepdim=True)
    sigma = ((x - mu) ** 2).mean(dim=-1, keepdim=True)
    s = torch.sqrt(sigma + eps)
    y = (x - mu) / s
    g = upstream * weight
    by_x = (g - g.mean(dim=-1, keepdim=True) - y * (g * y).mean(dim=-1, keepdim=True)) / s
    by_weight = (upstream * y).reshape(-1, d).sum(dim=0)
    by_bias = upstream.reshape(-1, d).sum(dim=0)
    return by_x.to(dtype), by_weight.to(dtype), by_bias.to(dtype)
