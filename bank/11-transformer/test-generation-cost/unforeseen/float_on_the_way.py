def generation_cost(vocabulary, d_model, d_ff, layers, source_length, new_tokens, cache):
    n, s, d = new_tokens, source_length, d_model
    once = s * (4 * d**2 + 2 * d * d_ff) + 2 * s**2 * d
    sum_t, sum_t2 = n * (n + 1) / 2, n * (n + 1) * (2 * n + 1) / 6
    p, pairs = (n, sum_t) if cache else (sum_t, sum_t2)
    decoder = p * (6 * d**2 + 2 * d * d_ff + 2 * s * d) + 2 * pairs * d + (1 if cache else n) * 2 * s * d**2
    return round(layers * (once + decoder) + n * d * vocabulary)
