def encoder_parameters(d_model, heads, d_ff, layers, norm):
    def linear(rows, columns):
        return rows * columns + columns

    d_k = d_model // heads
    total = 0
    for _ in range(layers):
        for _ in range(heads):
            total += 3 * linear(d_model, d_k)
        total += linear(d_model, d_model)
        total += linear(d_model, d_ff) + d_ff * d_model + d_ff
        total += 2 * (d_model + d_model)
    return total + (2 * d_model if norm == "pre" else 0)
