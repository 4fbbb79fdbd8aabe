def score_gradient(scores, value, output_gradient):
    weights = scores.softmax(dim=2)
    output = torch.bmm(weights, value)
    relative = value[:, None] - output[:, :, None]
    return weights * (relative * output_gradient[:, :, None]).sum(dim=-1)
