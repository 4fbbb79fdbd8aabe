def match_weights(query, keys):
    query = [q / math.sqrt(len(query)) for q in query]
    scores = [sum(map(lambda q, k: q * k, query, key)) for key in keys]
    largest = max(scores)
    log_total = largest + math.log(sum(math.exp(s - largest) for s in scores))
    return [math.exp(s - log_total) for s in scores]
