class TiedTable(nn.Module):
    def __init__(self, vocabulary, d_model):
        super().__init__()
        self.weight = nn.Parameter((2 * torch.rand(vocabulary, d_model) - 1) / math.sqrt(d_model))

    def read(self, ids, start=0):
        d_model = self.weight.shape[1]
        words = self.weight[ids] * math.sqrt(d_model)
        positions = sinusoidal_positions(start + ids.shape[1], d_model)[start:]
        return words + positions.to(words.dtype)

    def write(self, x):
        return x @ self.weight.T
