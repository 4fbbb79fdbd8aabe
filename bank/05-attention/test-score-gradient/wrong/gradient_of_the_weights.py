def score_gradient(scores, value, output_gradient):
    return output_gradient @ value.transpose(-2, -1)
