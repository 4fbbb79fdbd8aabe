def distance_bias(query_positions, key_positions, heads):
    distance = query_positions.unsqueeze(1) - key_positions.unsqueeze(0)
    slopes = torch.tensor([2 ** (-8 * n / heads) for n in range(1, heads + 1)], dtype=torch.float64)
    bias = -slopes.reshape(-1, 1, 1) * distance.double()
    return bias.masked_fill(distance < 0, -math.inf)
