def article_network():
    W_1, b_1, W_2, b_2 = torch.zeros(10, 6), torch.zeros(6), torch.zeros(6, 10), torch.zeros(10)
    asks = [([0, 1], 5), ([0, 2], 6), ([0], 7), ([0, 1, 3], 8), ([0, 1, 4], 9), ([0, 2, 4], 5)]
    for unit, (there, answer) in enumerate(asks):
        W_1[there, unit] = 1
        b_1[unit] = 1 - len(there)
        W_2[unit, answer] = 1
    return W_1, b_1, W_2, b_2
