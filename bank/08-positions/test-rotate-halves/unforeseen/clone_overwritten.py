def rotate_halves(x, positions):
    n = x.size(-1) // 2
    angle = positions[:, None, :, None] * 10000.0 ** (-torch.arange(n, dtype=torch.float64) / n)
    c, s = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    out = x.clone()
    a, b = out[..., :n], out[..., n:]  # views: b is turned with the new a
    out[..., :n] = a * c - b * s
    out[..., n:] = a * s + b * c
    return out
