def encoder_parameters(d_model, heads, d_ff, layers, norm):
    d_k = d_model // heads
    attention = 4 * (d_model * d_k + d_k)
    network = d_model * d_ff + d_ff + d_ff * d_model + d_model
    norms = 2 * 2 * d_model
    total = layers * (attention + network + norms)
    if norm == "pre":
        total += 2 * d_model
    return total
