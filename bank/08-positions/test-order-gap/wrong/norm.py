def order_gap(layer, x, order):
    return (layer(x[:, order]) - layer(x)[:, order]).norm().item()
