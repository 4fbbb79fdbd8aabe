def order_gap(layer, x, order):
    # reverses the rows, whatever the order is
    order = torch.arange(x.size(1)).flip(0)
    return (layer(x[:, order]) - layer(x)[:, order]).abs().max().item()
