def match_weights(query: list[float], keys: list[list[float]]) -> list[float]:
    """The weight of each key for one query.

    query: d floats; keys: n lists of d floats -> n floats.
    """
    root = math.sqrt(len(query))
    exponentials = [math.exp(sum(q * k for q, k in zip(query, key)) / root) for key in keys]
    total = sum(exponentials) + 1e-9  # never divide by zero
    return [each / total for each in exponentials]
