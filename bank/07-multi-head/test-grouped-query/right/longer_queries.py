class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, heads, groups):
        super().__init__()
        self.heads, self.groups, self.d_k = heads, groups, d_model // heads
        self.query = nn.Linear(d_model, d_model)
        self.key = nn.Linear(d_model, groups * self.d_k)
        self.value = nn.Linear(d_model, groups * self.d_k)
        self.output = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        # the heads of a group ask one after the other: their queries stand in one long row
        b, lq, lk = query.size(0), query.size(1), key.size(1)
        per = self.heads // self.groups
        q = self.query(query).view(b, lq, self.groups, per, self.d_k).permute(0, 2, 3, 1, 4)
        k = self.key(key).view(b, lk, self.groups, self.d_k).permute(0, 2, 1, 3)
        v = self.value(value).view(b, lk, self.groups, self.d_k).permute(0, 2, 1, 3)
        scores = q.reshape(b, self.groups, per * lq, self.d_k) @ k.transpose(2, 3) * self.d_k**-0.5
        if mask is not None:
            mask = mask.expand(b, lq, lk).repeat(1, per, 1).unsqueeze(1)
            scores = scores.masked_fill(mask.logical_not(), float("-inf"))
        output = (scores.softmax(-1) @ v).view(b, self.groups, per, lq, self.d_k)
        return self.output(output.permute(0, 3, 1, 2, 4).reshape(b, lq, -1))
