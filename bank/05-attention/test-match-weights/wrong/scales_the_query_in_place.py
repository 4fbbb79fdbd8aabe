def match_weights(query: list[float], keys: list[list[float]]) -> list[float]:
    d = len(query)
    for c in range(d):
        query[c] /= math.sqrt(d)
    exponentials = [math.exp(sum(q * k for q, k in zip(query, key))) for key in keys]
    total = sum(exponentials)
    return [each / total for each in exponentials]
