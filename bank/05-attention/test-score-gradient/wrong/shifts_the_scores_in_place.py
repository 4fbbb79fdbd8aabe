def score_gradient(scores: torch.Tensor, value: torch.Tensor, output_gradient: torch.Tensor) -> torch.Tensor:
    scores -= scores.amax(-1, keepdim=True)  # so that exp cannot overflow
    weights = scores.exp() / scores.exp().sum(-1, keepdim=True)
    to_weights = output_gradient @ value.transpose(1, 2)
    return weights * (to_weights - (weights * to_weights).sum(-1, keepdim=True))
