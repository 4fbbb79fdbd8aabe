class WordAndPlace(nn.Module):
    def __init__(self, vocabulary, d_model, max_length):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(vocabulary, d_model) / math.sqrt(d_model))
        self.max_length, self.table = max_length, sinusoids(max_length, d_model)

    def forward(self, ids):
        x = self.weight[ids] * self.weight.size(-1) ** 0.5
        return x + self.table[torch.arange(ids.size(-1))].expand_as(x)
