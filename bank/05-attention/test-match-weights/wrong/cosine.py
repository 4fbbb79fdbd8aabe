def match_weights(query, keys):
    def length(vector):
        return math.sqrt(sum(x * x for x in vector))

    exponentials = []
    for key in keys:
        dot = sum(q * k for q, k in zip(query, key))
        exponentials.append(math.exp(dot / (length(query) * length(key))))
    return [e / sum(exponentials) for e in exponentials]
