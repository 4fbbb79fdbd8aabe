def order_gap(layer, x, order):
    matrix = torch.eye(len(order), dtype=x.dtype)[order]
    return float(torch.max(torch.abs(layer(matrix @ x) - matrix @ layer(x))))
