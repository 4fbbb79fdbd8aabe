class TwoMemoryLayer(nn.Module):
    def __init__(self, d_model, heads, d_ff):
        super().__init__()
        self.self_attention = MultiHeadAttention(d_model, heads)
        self.memory_attention = MultiHeadAttention(d_model, heads)
        self.context_attention = MultiHeadAttention(d_model, heads)
        self.feed_forward = FeedForward(d_model, d_ff)
        self.norms = nn.ModuleList(nn.LayerNorm(d_model) for _ in range(4))

    def forward(self, x, memory, context, memory_mask, context_mask):
        length = x.size(1)
        causal = torch.arange(length)[:, None] >= torch.arange(length)
        sublayers = [
            lambda h: self.self_attention(h, h, h, causal),
            lambda h: self.memory_attention(h, memory, memory, memory_mask.unsqueeze(1)),
            lambda h: self.context_attention(h, context, context, context_mask.unsqueeze(1)),
            self.feed_forward,
        ]
        for norm, sublayer in zip(self.norms, sublayers):
            x = norm(x + sublayer(x))
        return x
