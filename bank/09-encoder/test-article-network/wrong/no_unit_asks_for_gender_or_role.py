def article_network():
    W_1, b_1, W_2, b_2 = torch.zeros(10, 1), torch.zeros(1), torch.zeros(1, 10), torch.zeros(10)
    W_1[0, 0] = W_2[0, 7] = 1
    return W_1, b_1, W_2, b_2
