class TwoMemoryLayer(nn.Module):
    def __init__(self, d_model, heads, d_ff):
        super().__init__()
        self.self_attention = MultiHeadAttention(d_model, heads)
        self.memory_attention = MultiHeadAttention(d_model, heads)
        self.context_attention = MultiHeadAttention(d_model, heads)
        self.feed_forward = FeedForward(d_model, d_ff)
        self.norms = nn.ModuleList(nn.LayerNorm(d_model) for _ in range(4))

    def forward(self, x, memory, context, memory_mask, context_mask):
        n = x.size(1)
        causal = torch.ones(n, n, dtype=torch.bool).tril()
        h = self.norms[0](x + self.self_attention(x, x, x, causal))
        h = self.norms[1](h + self.memory_attention(x, memory, memory, memory_mask[:, None]))
        h = self.norms[2](h + self.context_attention(x, context, context, context_mask[:, None]))
        return self.norms[3](h + self.feed_forward(h))
