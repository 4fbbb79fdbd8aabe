class WordAndPlace(nn.Module):
    def __init__(self, vocabulary, d_model, max_length):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(vocabulary, d_model) / math.sqrt(d_model))
        self.register_buffer("table", sinusoids(max_length, d_model), persistent=False)

    def forward(self, ids):
        chosen = F.one_hot(ids, self.weight.size(0)).to(self.weight.dtype)
        out = torch.einsum("blv,vd->bld", chosen, self.weight * math.sqrt(self.weight.size(1)))
        for t in range(ids.size(1)):
            out[:, t] += self.table[t]
        return out
