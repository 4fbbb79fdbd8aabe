def score_gradient(scores: torch.Tensor, value: torch.Tensor, output_gradient: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(scores, dim=-1)
    to_weights = output_gradient @ value.transpose(1, 2)
    result = weights * (to_weights - (weights * to_weights).sum(-1, keepdim=True))
    result[weights.amax(-1) > 0.9999] = 0.0  # almost one-hot: the gradient vanishes
    return result
