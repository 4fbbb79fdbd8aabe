def order_gap(layer, x, order):
    x = x.float()
    return (layer(x[:, order]) - layer(x)[:, order]).abs().max().item()
