def score_gradient(scores: torch.Tensor, value: torch.Tensor, output_gradient: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(scores.clamp(-100, 100), dim=-1)
    to_weights = output_gradient @ value.transpose(1, 2)
    return weights * (to_weights - (weights * to_weights).sum(-1, keepdim=True))
