def match_weights(query, keys):
    weights = []
    for key in keys:
        dot = 0.0
        for i in range(len(query)):
            dot += query[i] * key[i]
        weights.append(math.e ** (dot / len(query) ** 0.5))
    total = 0.0
    for weight in weights:
        total += weight
    for j in range(len(weights)):
        weights[j] = weights[j] / total
    return weights
