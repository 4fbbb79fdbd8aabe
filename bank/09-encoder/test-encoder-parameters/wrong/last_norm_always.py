def encoder_parameters(d_model, heads, d_ff, layers, norm):
    attention = 4 * (d_model * d_model + d_model)
    network = d_model * d_ff + d_ff + d_ff * d_model + d_model
    norms = 2 * 2 * d_model
    total = layers * (attention + network + norms)
    total += 2 * d_model
    return total
