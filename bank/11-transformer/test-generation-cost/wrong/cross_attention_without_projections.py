def generation_cost(vocabulary, d_model, d_ff, layers, source_length, new_tokens, cache):
    d = d_model
    encoder = source_length * (4 * d**2 + 2 * d * d_ff) + 2 * source_length**2 * d
    memory = 2 * source_length * d**2
    total = layers * encoder
    if cache:
        total += layers * memory
    for t in range(1, new_tokens + 1):
        positions = 1 if cache else t
        layer = positions * (4 * d**2 + 2 * d * d_ff) + 2 * positions * t * d
        layer += 2 * positions * source_length * d
        if not cache:
            layer += memory
        total += layers * layer + d * vocabulary
    return total
