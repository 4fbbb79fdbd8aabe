class CrossAttention(nn.Module):
    def __init__(self, d_model, d_k, d_v):
        super().__init__()
        self.to_query = nn.Linear(d_model, d_k, bias=False)
        self.to_key = nn.Linear(d_model, d_k, bias=False)
        self.to_value = nn.Linear(d_model, d_v, bias=False)

    def forward(self, x, memory):
        rows = []
        for sentence, read in zip(x, memory):
            keys, values = self.to_key(read), self.to_value(read)
            row = [
                torch.softmax(keys @ self.to_query(word) / math.sqrt(keys.size(1)), dim=0) @ values for word in sentence
            ]
            rows.append(torch.stack(row))
        return torch.stack(rows)
