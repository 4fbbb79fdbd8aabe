def shift_matrix(d_model, offset):
    omega = torch.pow(
        torch.tensor(10000.0, dtype=torch.float64), -2 * torch.arange(d_model // 2, dtype=torch.float64) / d_model
    )
    n = len(omega)
    speed = torch.zeros(d_model, d_model, dtype=torch.float64)
    speed[:n, n:] = torch.diag(-omega)
    speed[n:, :n] = torch.diag(omega)
    whole, part = int(offset), offset - int(offset)
    one = torch.linalg.matrix_exp(speed)
    return torch.linalg.matrix_power(one, whole) @ torch.linalg.matrix_exp(part * speed)
