def product(*sizes):
    return math.prod(sizes)


def generation_cost(vocabulary, d_model, d_ff, layers, source_length, new_tokens, cache):
    def attend(queries, keys, new_keys):
        return (
            2 * product(queries, d_model, d_model)
            + 2 * product(new_keys, d_model, d_model)
            + 2 * product(queries, keys, d_model)
        )

    def feed(positions):
        return 2 * product(positions, d_model, d_ff)

    cost = layers * (attend(source_length, source_length, source_length) + feed(source_length))
    for t in range(1, new_tokens + 1):
        p = 1 if cache else t
        read = source_length if t == 1 or not cache else 0
        cost += layers * (attend(p, t, p) + attend(p, source_length, read) + feed(p)) + product(d_model, vocabulary)
    return cost
