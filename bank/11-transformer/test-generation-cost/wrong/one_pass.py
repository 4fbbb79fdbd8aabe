def generation_cost(vocabulary, d_model, d_ff, layers, source_length, new_tokens, cache):
    d, s, n = d_model, source_length, new_tokens
    encoder = s * (4 * d**2 + 2 * d * d_ff) + 2 * s**2 * d
    decoder = n * (4 * d**2 + 2 * d * d_ff) + 2 * n**2 * d
    cross = 2 * n * d**2 + 2 * s * d**2 + 2 * n * s * d
    return layers * (encoder + decoder + cross) + d * vocabulary
