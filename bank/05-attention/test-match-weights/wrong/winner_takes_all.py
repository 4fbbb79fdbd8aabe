def match_weights(query, keys):
    scores = [sum(q * k for q, k in zip(query, key)) for key in keys]
    best = scores.index(max(scores))
    return [1.0 if i == best else 0.0 for i in range(len(keys))]
