def score_gradient(scores: torch.Tensor, value: torch.Tensor, output_gradient: torch.Tensor) -> torch.Tensor:
    weights = torch.softmax(scores, dim=-1)
    to_weights = output_gradient @ value.transpose(1, 2)
    mean = output_gradient.mul_(weights @ value).sum(-1, keepdim=True)
    return weights * (to_weights - mean)
