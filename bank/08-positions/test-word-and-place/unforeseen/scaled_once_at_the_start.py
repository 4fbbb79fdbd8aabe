class WordAndPlace(nn.Module):
    def __init__(self, vocabulary, d_model, max_length):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(vocabulary, d_model) / math.sqrt(d_model))
        self.register_buffer("table", sinusoids(max_length, d_model), persistent=False)
        self.loud = self.weight * math.sqrt(d_model)

    def forward(self, ids):
        return self.loud[ids] + self.table[: ids.size(1)]
