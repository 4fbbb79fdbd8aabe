def shift_matrix(d_model, offset):
    def whole(k):
        i = torch.arange(d_model // 2, dtype=torch.float64)
        a = k * 10000.0 ** (-2 * i / d_model)
        c, s = torch.diag(a.cos()), torch.diag(a.sin())
        return torch.cat([torch.cat([c, -s], 1), torch.cat([s, c], 1)])

    below = math.floor(offset)
    part = offset - below
    return (1 - part) * whole(below) + part * whole(below + 1)
