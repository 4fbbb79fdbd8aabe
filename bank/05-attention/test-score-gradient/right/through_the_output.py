def score_gradient(scores, value, output_gradient):
    # the weighted mean of the gains is the gradient times the output itself
    weights = torch.softmax(scores, dim=-1)
    output = weights @ value
    mean = (output_gradient * output).sum(-1, keepdim=True)
    return weights * (output_gradient @ value.transpose(-2, -1) - mean)
