def order_gap(layer, x, order):
    return round((layer(x[:, order]) - layer(x)[:, order]).abs().max().item(), 6)
