def rotate_halves(x, positions):
    n = x.size(-1) // 2
    speed = 10000.0 ** (-torch.arange(n, dtype=torch.float64) / n)
    angle = positions[:, None, :, None] * speed.repeat_interleave(2)
    other = torch.cat([-x[..., n:], x[..., :n]], dim=-1)
    return x * angle.cos().to(x.dtype) + other * angle.sin().to(x.dtype)
