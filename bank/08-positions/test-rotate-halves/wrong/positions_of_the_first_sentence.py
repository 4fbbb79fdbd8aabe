def rotate_halves(x, positions):
    n = x.size(-1) // 2
    omega = 10000.0 ** (-torch.arange(n, dtype=torch.float64) / n)
    angle = positions[0][:, None] * omega
    c, s = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    a, b = x[..., :n], x[..., n:]
    return torch.cat([a * c - b * s, a * s + b * c], dim=-1)
