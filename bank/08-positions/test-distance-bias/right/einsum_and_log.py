def distance_bias(query_positions, key_positions, heads):
    slopes = torch.logspace(-8 / heads, -8, heads, base=2, dtype=torch.float64)
    distance = (key_positions[None, :] - query_positions[:, None]).to(torch.float64)
    bias = torch.einsum("h,qk->hqk", slopes, distance)
    bias[:, distance > 0] = -torch.inf
    return bias
