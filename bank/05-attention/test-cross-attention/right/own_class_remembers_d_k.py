class CrossAttention(nn.Module):
    def __init__(self, d_model, d_k, d_v):
        super().__init__()
        self.d_k = d_k
        self.to_query = nn.Linear(d_model, d_k, bias=False)
        self.to_key = nn.Linear(d_model, d_k, bias=False)
        self.to_value = nn.Linear(d_model, d_v, bias=False)
        self.softmax = nn.Softmax(dim=-1)

    def forward(self, x, memory):
        scores = torch.matmul(self.to_query(x), self.to_key(memory).transpose(-1, -2))
        weights = self.softmax(scores / math.sqrt(self.d_k))
        # average first, project afterwards: both are linear
        return self.to_value(weights @ memory)
