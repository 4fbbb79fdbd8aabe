def shift_matrix(d_model, offset):
    blocks = []
    for i in range(d_model // 2):
        a = offset * 10000 ** (-2 * i / d_model)
        blocks.append(torch.tensor([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]], dtype=torch.float64))
    M = torch.block_diag(*blocks)
    return M
