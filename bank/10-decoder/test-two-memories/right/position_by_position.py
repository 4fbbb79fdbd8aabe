class TwoMemoryLayer(nn.Module):
    def __init__(self, d_model, heads, d_ff):
        super().__init__()
        self.self_attention = MultiHeadAttention(d_model, heads)
        self.memory_attention = MultiHeadAttention(d_model, heads)
        self.context_attention = MultiHeadAttention(d_model, heads)
        self.feed_forward = FeedForward(d_model, d_ff)
        self.norms = nn.ModuleList(nn.LayerNorm(d_model) for _ in range(4))

    def forward(self, x, memory, context, memory_mask, context_mask):
        rows = []
        for t in range(x.size(1)):
            h, before = x[:, t : t + 1], x[:, : t + 1]
            everything = torch.ones(1, t + 1, dtype=torch.bool)
            h = self.norms[0](h + self.self_attention(h, before, before, everything))
            h = self.norms[1](h + self.memory_attention(h, memory, memory, memory_mask[:, None]))
            h = self.norms[2](h + self.context_attention(h, context, context, context_mask[:, None]))
            rows.append(self.norms[3](h + self.feed_forward(h)))
        return torch.cat(rows, dim=1)
