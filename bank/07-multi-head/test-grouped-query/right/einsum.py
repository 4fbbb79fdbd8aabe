class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, heads, groups):
        super().__init__()
        self.heads, self.groups, self.d_k = heads, groups, d_model // heads
        self.query = nn.Linear(d_model, d_model)
        self.key = nn.Linear(d_model, groups * self.d_k)
        self.value = nn.Linear(d_model, groups * self.d_k)
        self.output = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        per = self.heads // self.groups
        q = self.query(query).unflatten(-1, (self.groups, per, self.d_k))
        k = self.key(key).unflatten(-1, (self.groups, self.d_k))
        v = self.value(value).unflatten(-1, (self.groups, self.d_k))
        scores = torch.einsum("bqgpd,bkgd->bgpqk", q, k) / math.sqrt(self.d_k)
        if mask is not None:
            while mask.dim() < 5:
                mask = mask.unsqueeze(-3)
            scores = scores.masked_fill(~mask, -math.inf)
        output = torch.einsum("bgpqk,bkgd->bqgpd", scores.softmax(-1), v)
        return self.output(output.flatten(2))
