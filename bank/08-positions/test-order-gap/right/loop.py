def order_gap(layer, x, order):
    largest = 0.0
    shuffled = torch.stack([torch.stack([sentence[i] for i in order.tolist()]) for sentence in x])
    one, two = layer(shuffled), layer(x)
    for b in range(len(x)):
        for place, old in enumerate(order.tolist()):
            largest = max(largest, float((one[b, place] - two[b, old]).abs().max()))
    return largest
