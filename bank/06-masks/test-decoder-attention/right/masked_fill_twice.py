class DecoderAttention(nn.Module):
    def __init__(self, d_model, d_k, d_v):
        super().__init__()
        self.to_query = nn.Linear(d_model, d_k, bias=False)
        self.to_key = nn.Linear(d_model, d_k, bias=False)
        self.to_value = nn.Linear(d_model, d_v, bias=False)

    def forward(self, x, ids):
        query, key, value = self.to_query(x), self.to_key(x), self.to_value(x)
        scores = query @ key.transpose(-2, -1) / math.sqrt(query.size(-1))

        mask = torch.ones(ids.size(1), ids.size(1), dtype=torch.bool).tril() & (ids != 0).unsqueeze(1)
        scores = scores.masked_fill(~mask, -math.inf)
        scores = scores.masked_fill(~mask.any(-1, keepdim=True), 0.0)
        return scores.softmax(-1).masked_fill(~mask, 0.0) @ value
