class WordAndPlace(nn.Module):
    def __init__(self, vocabulary, d_model, max_length):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(vocabulary, d_model) / math.sqrt(d_model))

    def forward(self, ids):
        d = self.weight.shape[1]
        return self.weight[ids] * math.sqrt(d) + sinusoids(ids.shape[1], d)
