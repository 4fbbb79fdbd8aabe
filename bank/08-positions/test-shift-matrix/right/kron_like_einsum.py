def shift_matrix(d_model, offset):
    i = torch.arange(d_model // 2, dtype=torch.float64)
    angle = offset * torch.exp(-2 * i / d_model * math.log(10000))
    turns = torch.polar(torch.ones_like(angle), angle)  # cos + i sin
    eye = torch.eye(len(i), dtype=torch.float64)
    quarter = torch.stack([torch.stack([turns.real, -turns.imag]), torch.stack([turns.imag, turns.real])])
    return torch.einsum("abi,ij->aibj", quarter, eye).reshape(d_model, d_model)
