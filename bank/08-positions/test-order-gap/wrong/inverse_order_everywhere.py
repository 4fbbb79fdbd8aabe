def order_gap(layer, x, order):
    order = order.argsort()
    return (layer(x[:, order]) - layer(x)[:, order]).abs().max().item()
