def rotate_halves(x, positions):
    n = x.shape[-1] // 2
    omega = 10000.0 ** (-2 * torch.arange(n, dtype=torch.float64) / (2 * n))
    angle = positions.double().unsqueeze(1).unsqueeze(-1) * omega
    turn = torch.polar(torch.ones_like(angle), angle)
    turned = torch.complex(x[..., :n].double(), x[..., n:].double()) * turn
    return torch.cat([turned.real, turned.imag], dim=-1).to(x.dtype)
