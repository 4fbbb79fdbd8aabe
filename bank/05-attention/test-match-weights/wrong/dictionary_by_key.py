def match_weights(query: list[float], keys: list[list[float]]) -> list[float]:
    root = math.sqrt(len(query))
    exponentials = {tuple(key): math.exp(sum(q * k for q, k in zip(query, key)) / root) for key in keys}
    total = sum(exponentials.values())
    return [exponentials[tuple(key)] / total for key in keys]
