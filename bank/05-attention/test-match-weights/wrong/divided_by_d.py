def match_weights(query, keys):
    exponentials = [math.exp(sum(q * k for q, k in zip(query, key)) / len(query)) for key in keys]
    total = sum(exponentials)
    return [e / total for e in exponentials]
