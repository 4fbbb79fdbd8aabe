class TiedTable(nn.Module):
    def __init__(self, vocabulary, d_model):
        super().__init__()
        start = torch.distributions.Normal(0.0, d_model**-0.5).sample((vocabulary, d_model))
        self.register_parameter("weight", nn.Parameter(start))

    def read(self, ids, start=0):
        length, d = ids.size(1), self.weight.size(1)
        place = sinusoidal_positions(start + length, d).narrow(0, start, length)
        return torch.add(
            place.to(self.weight), self.weight.index_select(0, ids.flatten()).view(*ids.shape, d), alpha=d**0.5
        )

    def write(self, x):
        return (self.weight @ x.unsqueeze(-1)).squeeze(-1)
