def match_weights(query, keys):
    scores = []
    for key in keys:
        scores.append(sum(q * k for q, k in zip(query, key)) / math.sqrt(len(query)))
    return scores
