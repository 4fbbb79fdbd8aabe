class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, heads, groups):
        super().__init__()
        self.heads, self.groups, self.d_k = heads, groups, d_model // heads
        self.query = nn.Linear(d_model, d_model)
        self.key = nn.Linear(d_model, groups * self.d_k)
        self.value = nn.Linear(d_model, groups * self.d_k)
        self.output = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        q = self.query(query).unflatten(-1, (self.heads, self.d_k)).transpose(1, 2)
        k = self.key(key).unflatten(-1, (self.groups, self.d_k)).transpose(1, 2)
        v = self.value(value).unflatten(-1, (self.groups, self.d_k)).transpose(1, 2)
        q = q.unflatten(1, (self.groups, -1)).mean(2).repeat_interleave(self.heads // self.groups, dim=1)
        k = k.repeat_interleave(self.heads // self.groups, dim=1)
        v = v.repeat_interleave(self.heads // self.groups, dim=1)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.d_k)
        if mask is not None:
            if mask.dim() == 3:
                mask = mask.unsqueeze(1)
            scores = scores.masked_fill(~mask, -math.inf)
        output = scores.softmax(dim=-1) @ v
        return self.output(output.transpose(1, 2).flatten(2))
