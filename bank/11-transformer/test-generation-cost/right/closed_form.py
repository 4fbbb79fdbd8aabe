def generation_cost(vocabulary, d_model, d_ff, layers, source_length, new_tokens, cache):
    n, s, d = new_tokens, source_length, d_model
    once = s * (4 * d * d + 2 * d * d_ff) + 2 * s * s * d
    triangle, squares = n * (n + 1) // 2, n * (n + 1) * (2 * n + 1) // 6
    positions = n if cache else triangle
    pairs = triangle if cache else squares
    decoder = positions * (6 * d * d + 2 * d * d_ff + 2 * s * d) + 2 * pairs * d
    decoder += (1 if cache else n) * 2 * s * d * d
    return layers * (once + decoder) + n * d * vocabulary
