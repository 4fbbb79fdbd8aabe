class DecoderAttention(nn.Module):
    def __init__(self, d_model, d_k, d_v):
        super().__init__()
        self.to_query = nn.Linear(d_model, d_k, bias=False)
        self.to_key = nn.Linear(d_model, d_k, bias=False)
        self.to_value = nn.Linear(d_model, d_v, bias=False)

    def forward(self, x, ids):
        query, key, value = self.to_query(x), self.to_key(x), self.to_value(x)
        scores = query @ key.transpose(-2, -1) / math.sqrt(query.size(-1))

        past = torch.ones_like(scores, dtype=torch.bool).tril(-1)
        mask = past & (ids != 0).unsqueeze(1)

        some = mask.any(dim=-1, keepdim=True)
        weights = scores.masked_fill(~(mask | ~some), -math.inf).softmax(dim=-1) * some
        return weights @ value
