def encoder_parameters(d_model: int, heads: int, d_ff: int, layers: int, norm: str) -> int:
    norms = 2 * layers + (norm == "pre")
    return layers * (4 * d_model**2 + 5 * d_model + 2 * d_model * d_ff + d_ff) + 2 * d_model * norms
