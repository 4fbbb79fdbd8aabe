class CrossHeads(nn.Module):
    def __init__(self, d_model, heads):
        super().__init__()
        self.heads = heads
        self.to_query = nn.Linear(d_model, d_model)
        self.to_key = nn.Linear(d_model, d_model)
        self.to_value = nn.Linear(d_model, d_model)
        self.to_output = nn.Linear(d_model, d_model)

    def forward(self, x, memory, mask=None):
        b, h = x.size(0), self.heads

        def fold(y):
            return y.reshape(b, y.size(1), h, -1).permute(0, 2, 1, 3).reshape(b * h, y.size(1), -1)

        query, key, value = fold(self.to_query(x)), fold(self.to_key(memory)), fold(self.to_value(memory))
        scores = torch.bmm(query, key.transpose(1, 2)) / query.size(2) ** 0.5
        if mask is not None:
            scores = scores.masked_fill(~mask.repeat(h, 1, 1), float("-inf"))
        output = torch.bmm(scores.softmax(-1), value).reshape(b, h, x.size(1), -1)
        return self.to_output(output.permute(0, 2, 1, 3).reshape(b, x.size(1), -1))
