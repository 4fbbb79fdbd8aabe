def shift_matrix(d_model, offset):
    i = torch.arange(d_model // 2, dtype=torch.float64)
    a = offset * 10000.0 ** (-2 * i / d_model)
    start = torch.cat([torch.zeros_like(a), torch.ones_like(a)])
    goal = torch.cat([a.sin(), a.cos()])
    return torch.eye(d_model, dtype=torch.float64) + torch.outer(start, goal - start) / (d_model // 2)
