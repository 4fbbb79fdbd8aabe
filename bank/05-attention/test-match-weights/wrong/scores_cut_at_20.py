def match_weights(query: list[float], keys: list[list[float]]) -> list[float]:
    root = math.sqrt(len(query))
    scores = [sum(q * k for q, k in zip(query, key)) / root for key in keys]
    exponentials = [math.exp(max(-20.0, min(score, 20.0))) for score in scores]  # keep exp in a safe range
    total = sum(exponentials)
    return [each / total for each in exponentials]
