class CrossAttention(nn.Module):
    def __init__(self, d_model, d_k, d_v):
        super().__init__()
        self.to_query = nn.Linear(d_model, d_k, bias=False)
        self.to_key = nn.Linear(d_model, d_k, bias=False)
        self.to_value = nn.Linear(d_model, d_v, bias=False)

    def forward(self, x, memory):
        query = self.to_query(x)
        key = self.to_key(memory)
        value = self.to_value(memory)
        scores = query @ key.transpose(1, 2)
        weights = torch.softmax(scores / math.sqrt(key.size(-1)), dim=-1)
        return weights @ value, weights
