def rotate_halves(x, positions):
    d = x.size(-1)
    inverse = 1.0 / (10000 ** (torch.arange(0, d, 2, dtype=torch.float64) / d))
    angle = torch.einsum("bl,i->bli", positions.to(torch.float64), inverse)
    angle = torch.cat([angle, angle], dim=-1)[:, None]
    swapped = torch.cat([-x[..., d // 2 :], x[..., : d // 2]], dim=-1)
    return x * angle.cos().to(x.dtype) + swapped * angle.sin().to(x.dtype)
