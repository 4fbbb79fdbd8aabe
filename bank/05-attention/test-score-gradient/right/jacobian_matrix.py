def score_gradient(scores, value, output_gradient):
    weights = F.softmax(scores, dim=-1)
    table = torch.diag_embed(weights) - weights.unsqueeze(-1) * weights.unsqueeze(-2)
    return torch.einsum("bqjm,bqv,bmv->bqj", table, output_gradient, value)
