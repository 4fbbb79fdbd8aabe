def order_gap(layer, x, order):
    order = order % x.size(0)
    return (layer(x[order]) - layer(x)[order]).abs().max().item()
