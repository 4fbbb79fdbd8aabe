def shift_matrix(d_model, offset):
    n = d_model // 2
    M = torch.zeros(d_model, d_model, dtype=torch.float64)
    for i in range(n):
        angle = offset * 10000 ** (-2 * i / d_model)
        M[i, i] = M[n + i, n + i] = math.cos(angle)
        M[n + i, i] = math.sin(angle)
        M[i, n + i] = -math.sin(angle)
    return M
