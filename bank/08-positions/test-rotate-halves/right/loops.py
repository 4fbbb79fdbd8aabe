def rotate_halves(x, positions):
    B, heads, L, d = x.shape
    out = []
    for b in range(B):
        columns = []
        for l in range(L):
            angles = [positions[b, l].item() * 10000 ** (-2 * i / d) for i in range(d // 2)]
            c = torch.tensor([math.cos(a) for a in angles], dtype=x.dtype)
            s = torch.tensor([math.sin(a) for a in angles], dtype=x.dtype)
            first, second = x[b, :, l, : d // 2], x[b, :, l, d // 2 :]
            columns.append(torch.cat([first * c - second * s, first * s + second * c], dim=-1))
        out.append(torch.stack(columns, dim=1))
    return torch.stack(out)
