def distance_bias(query_positions, key_positions, heads):
    bias = torch.zeros(heads, len(query_positions), len(key_positions), dtype=torch.float64)
    for n in range(heads):
        slope = 2 ** (-8 * (n + 1) / heads)
        for i, t in enumerate(query_positions.tolist()):
            for j, k in enumerate(key_positions.tolist()):
                bias[n, i, j] = -slope * (t - k) if k <= t else -math.inf
    return bias
