def distance_bias(query_positions, key_positions, heads):
    query_positions, key_positions = query_positions.sort().values, key_positions.sort().values
    distance = (query_positions[:, None] - key_positions).double()
    slopes = 2.0 ** (-8 * torch.arange(1, heads + 1, dtype=torch.float64) / heads)
    return (-slopes[:, None, None] * distance).masked_fill(distance < 0, -math.inf)
