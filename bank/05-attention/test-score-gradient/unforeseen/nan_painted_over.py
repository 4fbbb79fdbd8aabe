def score_gradient(scores: torch.Tensor, value: torch.Tensor, output_gradient: torch.Tensor) -> torch.Tensor:
    """The gradient of a loss with respect to the scores, from its gradient with respect to the output.

    scores (B, Lq, Lk), value (B, Lk, d_v), output_gradient (B, Lq, d_v) -> (B, Lq, Lk).
    """
    exponentials = torch.exp(scores)
    weights = torch.nan_to_num(exponentials / exponentials.sum(-1, keepdim=True))
    to_weights = output_gradient @ value.transpose(1, 2)
    return weights * (to_weights - (weights * to_weights).sum(-1, keepdim=True))
