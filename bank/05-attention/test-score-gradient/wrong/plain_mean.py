def score_gradient(scores, value, output_gradient):
    weights = torch.softmax(scores, dim=-1)
    gain = output_gradient @ value.transpose(-2, -1)
    return weights * (gain - gain.mean(-1, keepdim=True))
