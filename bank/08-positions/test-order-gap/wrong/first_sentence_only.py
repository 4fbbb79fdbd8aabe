def order_gap(layer, x, order):
    return (layer(x[:1, order]) - layer(x[:1])[:, order]).abs().max().item()
