class TwoMemoryLayer(nn.Module):
    def __init__(self, d_model, heads, d_ff):
        super().__init__()
        self.self_attention = MultiHeadAttention(d_model, heads)
        self.memory_attention = MultiHeadAttention(d_model, heads)
        self.context_attention = MultiHeadAttention(d_model, heads)
        self.feed_forward = FeedForward(d_model, d_ff)
        self.norms = nn.ModuleList(nn.LayerNorm(d_model) for _ in range(4))

    def forward(self, x, memory, context, memory_mask, context_mask):
        if not hasattr(self, "causal"):
            self.causal = torch.ones(x.size(1), x.size(1), dtype=torch.bool).tril()
        n = x.size(1)
        mask = torch.ones(n, n, dtype=torch.bool)
        k = min(n, len(self.causal))
        mask[:k, :k] = self.causal[:k, :k]
        x = self.norms[0](x + self.self_attention(x, x, x, mask))
        x = self.norms[1](x + self.memory_attention(x, memory, memory, memory_mask[:, None]))
        x = self.norms[2](x + self.context_attention(x, context, context, context_mask[:, None]))
        return self.norms[3](x + self.feed_forward(x))
