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
        h = self.norms[0](x)
        x = x + self.self_attention(h, h, h, causal)
        x = x + self.memory_attention(self.norms[1](x), memory, memory, memory_mask[:, None])
        x = x + self.context_attention(self.norms[2](x), context, context, context_mask[:, None])
        return x + self.feed_forward(self.norms[3](x))
