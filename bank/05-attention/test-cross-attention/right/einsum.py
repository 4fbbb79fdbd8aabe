class CrossAttention(nn.Module):
    def __init__(self, d_model, d_k, d_v):
        super().__init__()
        self.to_query = nn.Linear(d_model, d_k, bias=False)
        self.to_key = nn.Linear(d_model, d_k, bias=False)
        self.to_value = nn.Linear(d_model, d_v, bias=False)

    def forward(self, x, memory):
        query, key, value = self.to_query(x), self.to_key(memory), self.to_value(memory)
        scores = torch.einsum("bqd,bkd->bqk", query, key) / query.shape[-1] ** 0.5
        return torch.einsum("bqk,bkv->bqv", F.softmax(scores, dim=2), value)
