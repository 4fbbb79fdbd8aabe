def stable_attention(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    leading = query.shape[:-2]
    q, k, v = (each.view(-1, each.size(-2), each.size(-1)) for each in (query, key, value))  # one axis for all batches
    scores = torch.bmm(q, k.transpose(1, 2)) / math.sqrt(q.size(-1))
    exponentials = torch.exp(scores - scores.amax(-1, keepdim=True))
    weights = exponentials / exponentials.sum(-1, keepdim=True)
    return torch.bmm(weights, v).view(*leading, q.size(1), v.size(2)), weights.view(*leading, q.size(1), k.size(1))
