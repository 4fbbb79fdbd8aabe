def score_gradient(scores, value, output_gradient):
    exponentials = torch.exp(scores)
    weights = exponentials / exponentials.sum(-1, keepdim=True)
    gain = output_gradient @ value.transpose(-2, -1)
    return weights * (gain - (weights * gain).sum(-1, keepdim=True))
