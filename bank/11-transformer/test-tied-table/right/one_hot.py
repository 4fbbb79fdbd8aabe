class TiedTable(nn.Module):
    def __init__(self, vocabulary, d_model):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(vocabulary, d_model))
        nn.init.normal_(self.weight, std=1 / math.sqrt(d_model))

    def read(self, ids, start=0):
        v, d = self.weight.shape
        rows = torch.einsum("blv,vd->bld", F.one_hot(ids, v).to(self.weight.dtype), self.weight)
        return math.sqrt(d) * rows + sinusoidal_positions(start + ids.size(1), d)[start:].to(rows)

    def write(self, x):
        return torch.einsum("...d,vd->...v", x, self.weight)
