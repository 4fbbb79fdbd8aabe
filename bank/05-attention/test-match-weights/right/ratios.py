def dot(a, b):
    return math.fsum(x * y for x, y in zip(a, b))


def match_weights(query, keys):
    scores = [dot(query, key) / math.sqrt(len(key)) for key in keys]
    # the weight of j is 1 over the sum of all ratios to it
    return [1 / sum(math.exp(other - score) for other in scores) for score in scores]
