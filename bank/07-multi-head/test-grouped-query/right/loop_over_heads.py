class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, heads, groups):
        super().__init__()
        self.heads, self.groups, self.d_k = heads, groups, d_model // heads
        self.query = nn.Linear(d_model, d_model)
        self.key = nn.Linear(d_model, groups * self.d_k)
        self.value = nn.Linear(d_model, groups * self.d_k)
        self.output = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        queries, keys, values = self.query(query), self.key(key), self.value(value)
        outputs = []
        for i in range(self.heads):
            group = i * self.groups // self.heads
            mine = slice(i * self.d_k, (i + 1) * self.d_k)
            shared = slice(group * self.d_k, (group + 1) * self.d_k)
            scores = queries[..., mine] @ keys[..., shared].mT / self.d_k**0.5
            if mask is not None:
                scores = torch.where(mask, scores, -math.inf)
            outputs.append(torch.softmax(scores, dim=-1) @ values[..., shared])
        return self.output(torch.cat(outputs, dim=-1))
