def distance_bias(query_positions, key_positions, heads):
    distance = query_positions[:, None] - key_positions
    slopes = 2.0 ** (-8 * torch.arange(1, heads + 1) / heads)
    return (-slopes[:, None, None] * distance).masked_fill(distance < 0, -math.inf)
