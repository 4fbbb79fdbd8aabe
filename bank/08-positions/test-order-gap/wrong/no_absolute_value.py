def order_gap(layer, x, order):
    return max((layer(x[:, order]) - layer(x)[:, order]).max().item(), 0.0)
