class CrossHeads(nn.Module):
    def __init__(self, d_model, heads):
        super().__init__()
        self.heads = heads
        self.to_query = nn.Linear(d_model, d_model)
        self.to_key = nn.Linear(d_model, d_model)
        self.to_value = nn.Linear(d_model, d_model)
        self.to_output = nn.Linear(d_model, d_model)

    def forward(self, x, memory, mask=None):
        query = self.to_query(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        key = self.to_key(memory).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        value = self.to_value(memory).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        scores = query @ key.transpose(-2, -1) / math.sqrt(x.size(-1))
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        output = scores.softmax(dim=-1) @ value
        return self.to_output(output.reshape(x.shape))
