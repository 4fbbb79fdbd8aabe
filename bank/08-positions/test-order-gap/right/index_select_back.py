def order_gap(layer, x, order):
    # Undo the order on the output instead: the same pairs are compared.
    back = torch.argsort(order)
    with torch.no_grad():
        gap = layer(x.index_select(1, order)).index_select(1, back) - layer(x)
    return gap.norm(p=math.inf).item()
