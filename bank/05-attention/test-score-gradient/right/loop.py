def score_gradient(scores, value, output_gradient):
    result = torch.empty_like(scores)
    for b in range(scores.size(0)):
        for i in range(scores.size(1)):
            w = torch.softmax(scores[b, i], dim=0)
            gain = value[b] @ output_gradient[b, i]
            result[b, i] = w * gain - w * torch.dot(w, gain)
    return result
