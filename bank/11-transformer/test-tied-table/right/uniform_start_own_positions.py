class TiedTable(nn.Module):
    def __init__(self, vocabulary, d_model):
        super().__init__()
        side = math.sqrt(3 / d_model)
        self.weight = nn.Parameter((2 * torch.rand(vocabulary, d_model) - 1) * side)

    def read(self, ids, start=0):
        d = self.weight.size(-1)
        x = d**0.5 * F.embedding(ids, self.weight)
        result = []
        for i in range(ids.size(1)):
            angles = [(start + i) / 10000 ** (2 * j / d) for j in range(d // 2)]
            place = [f(a) for a in angles for f in (math.sin, math.cos)]
            result.append(x[:, i] + torch.tensor(place, dtype=x.dtype))
        return torch.stack(result, dim=1)

    def write(self, x):
        return F.linear(x, self.weight)
