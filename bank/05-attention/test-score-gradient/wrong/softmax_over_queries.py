def score_gradient(scores, value, output_gradient):
    weights = torch.softmax(scores, dim=1)
    gain = output_gradient @ value.transpose(-2, -1)
    return weights * (gain - (weights * gain).sum(-1, keepdim=True))
