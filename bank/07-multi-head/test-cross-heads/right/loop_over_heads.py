class CrossHeads(nn.Module):
    def __init__(self, d_model, heads):
        super().__init__()
        self.heads = heads
        self.to_query = nn.Linear(d_model, d_model)
        self.to_key = nn.Linear(d_model, d_model)
        self.to_value = nn.Linear(d_model, d_model)
        self.to_output = nn.Linear(d_model, d_model)

    def forward(self, x, memory, mask=None):
        d_k = x.size(-1) // self.heads
        outputs = []
        for i in range(self.heads):
            mine = slice(i * d_k, (i + 1) * d_k)
            query, key, value = (
                self.to_query(x)[..., mine],
                self.to_key(memory)[..., mine],
                self.to_value(memory)[..., mine],
            )
            scores = query @ key.mT / math.sqrt(d_k)
            if mask is not None:
                scores = torch.where(mask, scores, -math.inf)
            outputs.append(F.softmax(scores, dim=-1) @ value)
        return self.to_output(torch.cat(outputs, dim=-1))
