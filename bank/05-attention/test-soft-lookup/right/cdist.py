def soft_lookup(query, key, value, temperature):
    return F.softmax(-(torch.cdist(query, key) ** 2) / temperature, dim=1).matmul(value)
