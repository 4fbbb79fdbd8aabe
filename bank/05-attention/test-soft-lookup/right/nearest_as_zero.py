def soft_lookup(query, key, value, temperature):
    distance = torch.sum((key - query.unsqueeze(1)).square(), dim=2)
    distance = distance - distance.min(dim=1, keepdim=True).values
    weights = torch.exp(-distance / temperature)
    return torch.einsum("qk,kv->qv", weights / weights.sum(1, keepdim=True), value)
