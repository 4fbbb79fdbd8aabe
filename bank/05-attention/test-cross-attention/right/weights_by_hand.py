class CrossAttention(nn.Module):
    def __init__(self, d_model, d_k, d_v):
        super().__init__()
        self.to_query = nn.Linear(d_model, d_k, bias=False)
        self.to_key = nn.Linear(d_model, d_k, bias=False)
        self.to_value = nn.Linear(d_model, d_v, bias=False)

    def forward(self, x, memory):
        query = x @ self.to_query.weight.T / math.sqrt(self.to_query.out_features)
        key = memory @ self.to_key.weight.T
        scores = torch.bmm(query, key.permute(0, 2, 1))
        exponentials = torch.exp(scores - scores.amax(dim=-1, keepdim=True))
        return exponentials @ self.to_value(memory) / exponentials.sum(dim=-1, keepdim=True)
