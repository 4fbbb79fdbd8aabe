def shift_matrix(d_model, offset):
    w = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)

    def vectors(t):
        return torch.cat([(t[:, None] * w).sin(), (t[:, None] * w).cos()], 1)

    t = torch.arange(2000, dtype=torch.float64)
    # A named tolerance: without it the fit of the slow clocks is another one on another processor.
    return torch.linalg.pinv(vectors(t), rtol=1e-4) @ vectors(t + offset)
