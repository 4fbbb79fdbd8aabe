def distance_bias(query_positions, key_positions, heads):
    distance = (query_positions[:, None] - key_positions).double()
    n = torch.arange(1, heads + 1, dtype=torch.float64)
    slopes = (2.0 ** (-8 * torch.arange(1, heads + 1) / heads)).double()
    bias = -slopes[:, None, None] * distance
    return bias.masked_fill(distance < 0, -math.inf)
