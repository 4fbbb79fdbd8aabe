class TwoMemoryLayer(nn.Module):
    def __init__(self, d_model, heads, d_ff):
        super().__init__()
        self.self_attention = MultiHeadAttention(d_model, heads)
        self.memory_attention = MultiHeadAttention(d_model, heads)
        self.context_attention = MultiHeadAttention(d_model, heads)
        self.feed_forward = FeedForward(d_model, d_ff)
        self.norms = nn.ModuleList(nn.LayerNorm(d_model) for _ in range(4))

    def forward(self, x, memory, context, memory_mask, context_mask):
        b, lt, _ = x.shape
        causal = ~torch.ones(lt, lt, dtype=torch.bool).triu(1)
        to_memory = memory_mask[:, None, :].expand(b, lt, memory.size(1))
        to_context = context_mask[:, None, :].expand(b, lt, context.size(1))
        first = self.norms[0](self.self_attention(x, x, x, causal.expand(b, lt, lt)) + x)
        second = self.norms[1](self.memory_attention(first, memory, memory, to_memory) + first)
        third = self.norms[2](self.context_attention(second, context, context, to_context) + second)
        return self.norms[3](self.feed_forward(third) + third)
