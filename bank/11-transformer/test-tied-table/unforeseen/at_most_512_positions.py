class TiedTable(nn.Module):
    def __init__(self, vocabulary, d_model):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(vocabulary, d_model) / math.sqrt(d_model))
        self.register_buffer("places", sinusoidal_positions(512, d_model), persistent=False)

    def read(self, ids, start=0):
        words = self.weight[ids] * math.sqrt(self.weight.shape[1])
        return words + self.places[start : start + ids.shape[1]].to(words.dtype)

    def write(self, x):
        return x @ self.weight.T
