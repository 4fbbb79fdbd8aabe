def order_gap(layer, x, order):
    before = layer(x)
    x[:] = x[:, order].clone()
    return (layer(x) - before[:, order]).abs().max().item()
