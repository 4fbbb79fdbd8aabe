class WordAndPlace(nn.Module):
    def __init__(self, vocabulary, d_model, max_length):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(vocabulary, d_model) / math.sqrt(d_model))
        self.register_buffer("table", sinusoids(max_length, d_model), persistent=False)

    def forward(self, ids):
        x = self.weight[ids]
        x = x + self.table[: x.size(1)]
        return x * math.sqrt(x.size(-1))
