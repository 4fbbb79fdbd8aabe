def rotate_halves(x, positions):
    n = x.size(-1) // 2
    angle = positions[:, None, :, None] * 10000.0 ** (-torch.arange(n, dtype=torch.float64) / n)
    a, b = x[..., :n], x[..., n:]
    return torch.cat([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], dim=-1)
