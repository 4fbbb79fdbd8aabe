def soft_lookup(query, key, value, temperature):
    distance = F.mse_loss(
        query[:, None].expand(-1, len(key), -1), key.expand(len(query), -1, -1), reduction="none"
    ).mean(-1)
    return torch.softmax(-distance / temperature, dim=-1) @ value
