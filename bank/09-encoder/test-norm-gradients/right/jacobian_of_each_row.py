def norm_gradients(x, weight, eps, upstream):
    d = x.size(-1)
    rows, gradients = x.reshape(-1, d), upstream.reshape(-1, d)
    by_x, by_weight, by_bias = [], torch.zeros_like(weight), torch.zeros_like(weight)
    for row, gradient in zip(rows, gradients):
        centred = row - row.sum() / d
        s = (centred @ centred / d + eps) ** 0.5
        y = centred / s
        jacobian = (torch.eye(d, dtype=x.dtype) - 1 / d - torch.outer(y, y) / d) / s
        by_x.append((gradient * weight) @ jacobian)
        by_weight = by_weight + gradient * y
        by_bias = by_bias + gradient
    return torch.stack(by_x).reshape(x.shape), by_weight, by_bias
