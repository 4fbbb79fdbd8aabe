def rotate_halves(x, positions):
    n = x.size(-1) // 2
    angle = positions[:, None, :, None] * 10000.0 ** (-torch.arange(n, dtype=torch.float64) / n)
    c, s = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    a, b = x[..., :n].clone(), x[..., n:].clone()
    x[..., :n] = a * c - b * s
    x[..., n:] = a * s + b * c
    return x
