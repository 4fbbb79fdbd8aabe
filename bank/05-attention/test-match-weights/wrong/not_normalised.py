def match_weights(query, keys):
    scores = [sum(q * k for q, k in zip(query, key)) / math.sqrt(len(query)) for key in keys]
    return [math.exp(score) for score in scores]
